//! What every page about a pupil's own things says, to the pupil or to the family, in three languages: the bar above, the way back.
use super::{ruby, words};
use asagao_graphql::clock::{japan, school_day};
use chrono::{DateTime, Datelike, NaiveDate, Utc};

/// A language of the pages of pupils, or of families.
pub(super) struct Lang {
    /// As `lang` has it.
    pub(super) code: &'static str,
    /// Its own name.
    pub(super) name: &'static str,
    /// Whether names have their readings above.
    pub(super) ruby: bool,
    pub(super) languages: &'static str,
    pub(super) back: &'static str,
    /// Whether adults are spoken to.
    family: bool,
}

impl Lang {
    /// The language of an address, for a pupil; Japanese where it says none.
    pub(super) fn of(lang: Option<&str>) -> &'static Lang {
        JA.all().into_iter().find(|of| Some(of.code) == lang).unwrap_or(&JA)
    }

    /// The three in which the same people are spoken to.
    pub(super) fn all(&self) -> [&'static Lang; 3] {
        if self.family { [&FAMILY_JA, &FAMILY_PT, &FAMILY_EN] } else { [&JA, &PT, &EN] }
    }

    /// A text with its readings, where these are for a child.
    pub(super) fn written(&self, text: &str) -> String {
        match (self.ruby, self.code) {
            // Words stand apart for those who learn to read.
            (false, "ja") => ruby::marked(&ruby::unread(text).replace(' ', "")),
            _ => ruby::marked(text),
        }
    }

    /// A pupil's name.
    pub(super) fn who(&self, name: &str, kana: Option<&str>) -> String {
        if self.ruby { ruby::name(name, kana) } else { ruby::japanese(name) }
    }

    /// A day.
    pub(super) fn day(&self, day: NaiveDate) -> String {
        match self.code {
            "pt" => day.format("%d/%m/%Y").to_string(),
            "en" => day.format("%-d %B %Y").to_string(),
            _ => self.written(&format!("{}{{月|がつ}}{}{{日|にち}}", day.month(), day.day())),
        }
    }

    /// A time, of today or with its day.
    pub(super) fn time(&self, at: DateTime<Utc>, today: NaiveDate) -> String {
        let clock = match self.code {
            "ja" => self.written(&at.with_timezone(&japan()).format("%-H{時|じ}%-M{分|ふん}").to_string()),
            _ => words::clock(at),
        };
        if school_day(at) == today { clock } else { format!("{} {clock}", self.day(school_day(at))) }
    }
}

pub(super) static JA: Lang =
    Lang { code: "ja", name: "にほんご", ruby: true, languages: "ことば", back: "もどる", family: false };
pub(super) static PT: Lang =
    Lang { code: "pt", name: "Português", ruby: false, languages: "Idioma", back: "Voltar", family: false };
pub(super) static EN: Lang =
    Lang { code: "en", name: "English", ruby: false, languages: "Language", back: "Back", family: false };
pub(super) static FAMILY_JA: Lang =
    Lang { code: "ja", name: "日本語", ruby: false, languages: "言語", back: "もどる", family: true };
pub(super) static FAMILY_PT: Lang =
    Lang { code: "pt", name: "Português", ruby: false, languages: "Idioma", back: "Voltar", family: true };
pub(super) static FAMILY_EN: Lang =
    Lang { code: "en", name: "English", ruby: false, languages: "Language", back: "Back", family: true };

/// What stands at the beginning of such a page.
pub(super) struct Head {
    pub(super) lang: &'static Lang,
    /// The address of the page, and what follows the language in it.
    pub(super) at: String,
    pub(super) rest: String,
    /// The page to go back to.
    pub(super) home: &'static str,
    pub(super) title: &'static str,
    pub(super) heading: &'static str,
    /// Whose page it is.
    pub(super) who: String,
    pub(super) about: &'static str,
}

/// What no text for young pupils has: kanji without a reading.
#[cfg(test)]
pub(super) fn bare(text: &str) -> bool {
    let kanji = |of: char| matches!(of, '\u{4e00}'..='\u{9fff}');
    let outside = text.split('{').map(|part| part.split_once('}').map_or(part, |(_, behind)| behind));
    outside.flat_map(str::chars).any(kanji)
}
