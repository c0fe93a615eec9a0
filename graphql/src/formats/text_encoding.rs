//! Bytes of unknown origin to text, and text to the code page of Excel on a double click. Nothing is ever guessed into a `?`.
use encoding_rs::{DecoderResult, SHIFT_JIS, UTF_16BE, UTF_16LE};
use std::borrow::Cow;
use std::fmt::{self, Display};
use std::str::FromStr;
use unicode_normalization::char::compose;

/// How a file's text is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// Windows code page 932, which calls itself Shift JIS.
    Cp932,
    /// UTF-16 with a byte order mark: Excel's "Unicode text".
    Utf16,
}

impl Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Cp932 => "CP932 (Shift_JIS)",
            Encoding::Utf16 => "UTF-16",
        })
    }
}

/// What a file is said to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Said {
    /// Nobody knows: it is found out.
    #[default]
    Auto,
    /// UTF-8.
    Utf8,
    /// Windows code page 932.
    Cp932,
}

impl FromStr for Said {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "auto" => Ok(Said::Auto),
            "utf-8" => Ok(Said::Utf8),
            "cp932" => Ok(Said::Cp932),
            _ => Err("use auto, utf-8 or cp932"),
        }
    }
}

/// Text and what it was read as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The text without its byte order mark.
    pub text: Cow<'a, str>,
    /// What it was.
    pub encoding: Encoding,
}

/// Where a file is not what it is said, or looks, to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongByte {
    /// What the file was read as.
    pub encoding: Encoding,
    /// The line of the first wrong byte, from 1.
    pub line: u64,
    /// The first wrong byte, from 0.
    pub at: usize,
}

impl WrongByte {
    /// What is wrong and what to do, in Japanese.
    #[must_use]
    pub fn japanese(&self) -> String {
        let (line, encoding) = (self.line, self.encoding);
        format!("{line}行目に {encoding} として読めない文字があります。表計算ソフトで「CSV UTF-8」として保存し直してください")
    }
}

impl Display for WrongByte {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} is not {}: save the file as UTF-8 (in Excel: CSV UTF-8)", self.line, self.encoding)
    }
}

impl std::error::Error for WrongByte {}

/// Decodes a file. A byte order mark says more than anybody.
pub fn decode(bytes: &[u8], said: Said) -> Result<Decoded<'_>, WrongByte> {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return utf8(rest, 3);
    }
    for (mark, encoding) in [(b"\xff\xfe", UTF_16LE), (b"\xfe\xff", UTF_16BE)] {
        if let Some(rest) = bytes.strip_prefix(mark) {
            let text = encoding.decode_without_bom_handling_and_without_replacement(rest).map(Cow::into_owned);
            // Not by its bytes: a line of UTF-16 ends in two of them, and what is broken is mostly the length.
            let lines = || 1 + encoding.decode_without_bom_handling(rest).0.split('\u{fffd}').next().map_or(0, newlines);
            let wrong = || WrongByte { encoding: Encoding::Utf16, line: lines(), at: 2 };
            return text.map(|text| Decoded { text: Cow::Owned(text), encoding: Encoding::Utf16 }).ok_or_else(wrong);
        }
    }
    match said {
        Said::Utf8 => utf8(bytes, 0),
        Said::Cp932 => cp932(bytes),
        Said::Auto => utf8(bytes, 0).or_else(|wrong| if is_broken_utf8(bytes) { Err(wrong) } else { cp932(bytes) }),
    }
}

fn newlines(text: &str) -> u64 {
    text.bytes().map(|byte| u64::from(byte == b'\n')).sum()
}

fn line_of(bytes: &[u8], at: usize) -> u64 {
    1 + bytes[..at].iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>()
}

fn utf8(bytes: &[u8], before: usize) -> Result<Decoded<'_>, WrongByte> {
    let wrong = |at| WrongByte { encoding: Encoding::Utf8, line: line_of(bytes, at), at: at + before };
    let text = std::str::from_utf8(bytes).map_err(|error| wrong(error.valid_up_to()))?;
    Ok(Decoded { text: Cow::Borrowed(text), encoding: Encoding::Utf8 })
}

/// Whether a file that is not UTF-8 was meant to be: then most of what is not ASCII is. Almost every file can be read as CP932,
/// so that a UTF-8 file with one broken byte would become plausible nonsense.
fn is_broken_utf8(bytes: &[u8]) -> bool {
    let (mut whole, mut broken) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    whole > broken
}

fn cp932(bytes: &[u8]) -> Result<Decoded<'_>, WrongByte> {
    let mut decoder = SHIFT_JIS.new_decoder_without_bom_handling();
    let length = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).expect("a file is far smaller than memory");
    let mut text = String::with_capacity(length);
    let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    if let DecoderResult::Malformed(wrong, passed) = result {
        let at = read.saturating_sub(usize::from(wrong) + usize::from(passed));
        return Err(WrongByte { encoding: Encoding::Cp932, line: line_of(bytes, at), at });
    }
    Ok(Decoded { text: Cow::Owned(text), encoding: Encoding::Cp932 })
}

/// The lines and characters that only the machine they come from can show: 外字, characters that it made itself. Whoever reads a
/// file has to ask what they are.
pub fn private_characters(text: &str) -> impl Iterator<Item = (u64, char)> {
    let mut line = 1;
    text.chars().filter_map(move |c| {
        line += u64::from(c == '\n');
        matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10fffd}').then_some((line, c))
    })
}

/// What CP932 cannot hold of a text: characters, each with its variation selectors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unheld<'a>(pub Vec<&'a str>);

/// Text as CP932, or every character of it that CP932 cannot hold. What Windows itself has in another place only (〜, −, ‖, ¥, and kana with
/// its mark apart) is moved there.
pub fn encode_cp932(text: &str) -> Result<Vec<u8>, Unheld<'_>> {
    let mut bytes = Vec::with_capacity(text.len());
    let unheld: Vec<&str> = characters(text).filter(|character| !push_cp932(&mut bytes, character)).collect();
    if unheld.is_empty() { Ok(bytes) } else { Err(Unheld(unheld)) }
}

/// Text as CP932 where each character that it cannot hold is replaced by what a function gives; what it cannot hold of that is 〓,
/// which printers have put for a missing type since lead.
pub fn encode_cp932_with(text: &str, replace: impl Fn(&str) -> String) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for character in characters(text) {
        if !push_cp932(&mut bytes, character) {
            for character in replace(character).chars() {
                if !push_cp932(&mut bytes, character.encode_utf8(&mut [0; 4])) {
                    push_cp932(&mut bytes, "〓");
                }
            }
        }
    }
    bytes
}

/// A text piece by piece: a character with the marks and variation selectors that belong to it.
fn characters(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let more = rest[first.len_utf8()..].find(|c| !belongs_to_the_one_before(c));
        let (character, after) = rest.split_at(more.map_or(rest.len(), |more| first.len_utf8() + more));
        rest = after;
        Some(character)
    })
}

/// Whether a character selects the form of the one before: the selectors of IVS and SVS, and the kana marks.
pub(crate) fn belongs_to_the_one_before(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{3099}' | '\u{309a}')
}

fn push_cp932(bytes: &mut Vec<u8>, character: &str) -> bool {
    let mut of_it = character.chars();
    let one = match (of_it.next(), of_it.next(), of_it.next()) {
        (Some(one), None, None) => Some(one),
        (Some(kana), Some(mark @ ('\u{3099}' | '\u{309a}')), None) => compose(kana, mark),
        _ => None,
    };
    let Some(one) = one.map(as_windows_has_it) else { return false };
    let mut room = [0; 4];
    let (encoded, _, unmappable) = SHIFT_JIS.encode(one.encode_utf8(&mut room));
    if !unmappable {
        bytes.extend_from_slice(&encoded);
    }
    !unmappable
}

/// Where strict Shift JIS and Windows read the same bytes as two characters, the one of Windows.
fn as_windows_has_it(c: char) -> char {
    match c {
        '\u{301c}' => '～',
        '\u{2212}' => '－',
        '\u{2016}' => '∥',
        '\u{2014}' => '―',
        '\u{00a2}' => '￠',
        '\u{00a3}' => '￡',
        '\u{00ac}' => '￢',
        '\u{00a5}' => '￥',
        '\u{203e}' => '￣',
        '\u{00a6}' => '￤',
        '\u{00a0}' => ' ',
        other => other,
    }
}

#[cfg(test)]
mod tests;
