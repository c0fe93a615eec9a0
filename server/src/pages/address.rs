//! Where a page may send its reader: only to our own paths.

/// The path where it is one of our own: no other site can be meant by it in any browser.
pub(super) fn local(path: &str) -> Option<&str> {
    // Browsers read a backslash as a slash and skip tabs and line ends.
    let plain = path.chars().all(|of| of.is_ascii_graphic() && of != '\\');
    (plain && path.starts_with('/') && !path.starts_with("//")).then_some(path)
}

/// A path with one more parameter in its query.
pub(super) fn with(path: &str, name: &str, value: &str) -> String {
    let mark = if path.contains('?') { '&' } else { '?' };
    let pair = form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
    format!("{path}{mark}{pair}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_paths_are_local() {
        for path in ["/", "/classes/1?day=2026-11-24#p9", "/a//b"] {
            assert_eq!(local(path), Some(path));
        }
        for path in [
            "",
            "classes",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "/\t/evil.example",
            "/あ",
        ] {
            assert_eq!(local(path), None, "{path:?}");
        }
    }

    #[test]
    fn a_parameter_is_escaped() {
        assert_eq!(with("/sign-in", "next", "/a?b=c&d"), "/sign-in?next=%2Fa%3Fb%3Dc%26d");
        assert_eq!(with("/a?b=c", "d", "e"), "/a?b=c&d=e");
    }
}
