//! From which kind of device somebody comes, in few words: enough to know one's own again, too little to tell people apart by.
use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;

/// By what a system gives itself away, the more telling first.
const SYSTEMS: [(&str, &str); 7] = [
    ("CrOS", "Chromebook"),
    ("iPad", "iPad"),
    ("iPhone", "iPhone"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac・iPad"),
    ("Linux", "Linux"),
];
/// The same for browsers, most of which call themselves by the names of others, too.
const BROWSERS: [(&str, &str); 6] = [
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
];

/// A device that does not say what it is.
pub(super) const UNKNOWN: &str = "わからない端末";

/// The kind of a device, such as 「Chromebook・Chrome」.
pub(super) fn words(headers: &HeaderMap) -> String {
    let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let of = |names: &[(&'static str, &'static str)]| names.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name);
    match (of(&SYSTEMS), of(&BROWSERS)) {
        (Some(system), Some(browser)) => format!("{system}・{browser}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => UNKNOWN.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_known_by_its_system_and_browser() {
        for (agent, said) in [
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
                "Chromebook・Chrome",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
                "Windows・Edge",
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/604.1",
                "iPad・Safari",
            ),
            ("curl/8.5.0", "わからない端末"),
        ] {
            let headers = HeaderMap::from_iter([(USER_AGENT, agent.parse().unwrap())]);
            assert_eq!(words(&headers), said);
        }
    }
}
