//! The words of だれかに話したい, in each language.
use crate::pages::ruby;

/// What the page says of だれかに話したい.
pub(in crate::pages) struct TalkWords {
    pub(in crate::pages) want: &'static str,
    pub(in crate::pages) who: &'static str,
    pub(in crate::pages) about: &'static str,
    pub(in crate::pages) own: &'static str,
    pub(in crate::pages) only: &'static str,
    pub(in crate::pages) outside: &'static str,
    pub(in crate::pages) wrong: &'static str,
    /// Before and behind the name of whom it is with: nobody has taken it yet, and somebody has.
    pub(in crate::pages) sent: [&'static str; 2],
    pub(in crate::pages) taken: [&'static str; 2],
    pub(in crate::pages) withdraw: &'static str,
    pub(in crate::pages) back: &'static str,
}

impl TalkWords {
    pub(in crate::pages) fn want(&self) -> String {
        ruby::marked(self.want)
    }
    pub(in crate::pages) fn who(&self) -> String {
        ruby::marked(self.who)
    }
    pub(in crate::pages) fn about(&self) -> String {
        ruby::marked(self.about)
    }
    pub(in crate::pages) fn own(&self) -> String {
        ruby::marked(self.own)
    }
    pub(in crate::pages) fn only(&self) -> String {
        ruby::marked(self.only)
    }
    pub(in crate::pages) fn outside(&self) -> String {
        ruby::marked(self.outside)
    }
    pub(in crate::pages) fn wrong(&self) -> String {
        ruby::marked(self.wrong)
    }
    pub(in crate::pages) fn withdraw(&self) -> String {
        ruby::marked(self.withdraw)
    }
    pub(in crate::pages) fn back(&self) -> String {
        ruby::marked(self.back)
    }
}
