//! The languages of sentences made for people.
use async_graphql::Enum;

/// The language of a sentence.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// 日本語.
    Ja,
    /// やさしい日本語: short sentences in everyday words, kanji with their reading in parentheses.
    JaEasy,
    /// English.
    En,
}
