//! Names folded for search: what people write in many ways becomes one. A folded name is compared, never shown.
use super::text_encoding::belongs_to_the_one_before;
use std::collections::HashMap;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// Which table and rules a text was folded by: what was folded by another is folded again.
pub const VERSION: u32 = 2;

/// One word folded: width, case, kana (ひらがな, カタカナ, small and large, ヂ and ジ), long vowels, 々, the variants of a character (髙 and 高)
/// and the selectors of variations become one; spaces and dots between names go.
#[must_use]
pub fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    let mut vowel = None;
    let is_sound_mark = |c: &char| matches!(c, '\u{3099}' | '\u{309a}');
    let composed = word.chars().filter(|c| !belongs_to_the_one_before(*c) || is_sound_mark(c)).nfkc();
    // What is still by itself is on a character that has no such sound, as on a small one.
    for c in composed.filter(|c| !is_sound_mark(c)) {
        for c in c.to_lowercase().filter(|c| !is_between(*c)) {
            let c = base_form(c);
            match c {
                '々' => {
                    let repeated = folded.chars().last().filter(|last| !matches!(last, '\u{0}'..='\u{30ff}'));
                    folded.push(repeated.unwrap_or(c));
                }
                _ if lengthens(vowel, c) => folded.push('ー'),
                _ => {
                    vowel = vowel_of(c);
                    folded.push(c);
                }
            }
        }
    }
    folded
}

/// The words of a search, each folded; they may come in any order.
#[must_use]
pub fn words(search: &str) -> Vec<String> {
    let search: String = search.nfkc().collect();
    search.split(|c: char| c.is_whitespace() || matches!(c, '、' | ',')).map(fold).filter(|word| !word.is_empty()).collect()
}

/// What a search looks into for one record: each part folded, the parts of each name together too, so that 山田太郎 is found as one word.
/// A word of a search is found where it is a part of this.
#[must_use]
pub fn haystack<'a>(names: impl IntoIterator<Item = &'a [&'a str]>) -> String {
    let mut found: Vec<String> = Vec::new();
    for name in names {
        let parts = name.iter().map(|part| fold(part));
        for word in parts.chain([fold(&name.concat())]) {
            if !word.is_empty() && !found.iter().any(|known| known.contains(&word)) {
                found.retain(|known| !word.contains(known.as_str()));
                found.push(word);
            }
        }
    }
    found.join(" ")
}

/// The form that a character is found by.
fn base_form(c: char) -> char {
    /// The folded form of each variant.
    static FORMS: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
        let groups = include_str!("name_fold/variants.txt").lines().filter(|line| !line.starts_with('#'));
        let pairs = groups.flat_map(str::split_whitespace).flat_map(|group| {
            let mut forms = group.chars();
            let first = forms.next();
            forms.filter_map(move |form| first.map(|first| (form, first)))
        });
        pairs.collect()
    });
    let katakana = match c {
        'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => char::from_u32(u32::from(c) + 0x60).unwrap_or(c),
        _ => c,
    };
    match katakana {
        'ァ' | 'ィ' | 'ゥ' | 'ェ' | 'ォ' | 'ッ' | 'ャ' | 'ュ' | 'ョ' | 'ヮ' => {
            char::from_u32(u32::from(katakana) + 1).unwrap_or(katakana)
        }
        'ヵ' => 'カ',
        'ヶ' => 'ケ',
        'ヂ' => 'ジ',
        'ヅ' => 'ズ',
        'ヰ' => 'イ',
        'ヱ' => 'エ',
        'ヲ' => 'オ',
        '〜' | '~' | '-' | '‐' | '‑' | '–' | '—' | '―' | '−' | '─' => 'ー',
        other => FORMS.get(&other).copied().unwrap_or(other),
    }
}

/// The character that a folding of form would show where one cannot be written; `None` where the table knows of none.
#[must_use]
pub fn usual_form(character: &str) -> Option<String> {
    let plain: String = character.chars().filter(|c| !belongs_to_the_one_before(*c)).collect();
    let form: String = plain.chars().map(|c| if c.is_alphabetic() { usual(c) } else { c }).collect();
    (form != character).then_some(form)
}

fn usual(c: char) -> char {
    if matches!(c, '\u{3040}'..='\u{30ff}') { c } else { base_form(c) }
}

fn is_between(c: char) -> bool {
    c.is_whitespace() || matches!(c, '・' | '･' | '.' | '=' | '゠' | '\'' | '’')
}

/// オー, オウ and オオ are written for one sound; so are エー, エイ and エエ.
fn lengthens(vowel: Option<char>, c: char) -> bool {
    match vowel {
        Some('オ') => matches!(c, 'ー' | 'ウ' | 'オ'),
        Some('エ') => matches!(c, 'ー' | 'イ' | 'エ'),
        Some(vowel) => c == 'ー' || c == vowel,
        None => false,
    }
}

fn vowel_of(c: char) -> Option<char> {
    const ROWS: [(char, &str); 5] = [
        ('ア', "アカサタナハマヤラワガザダバパ"),
        ('イ', "イキシチニヒミリギジビピ"),
        ('ウ', "ウクスツヌフムユルグズブプヴ"),
        ('エ', "エケセテネヘメレゲゼデベペ"),
        ('オ', "オコソトノホモヨロゴゾドボポ"),
    ];
    ROWS.into_iter().find(|(_, row)| row.contains(c)).map(|(vowel, _)| vowel)
}

#[cfg(test)]
mod tests;
