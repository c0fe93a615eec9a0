//! What a pupil did, to what kind of thing, and where: the vocabulary of the Japan xAPI profiles.
use async_graphql::Enum;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// What was done. Each verb stands for an xAPI verb of the Japan xAPI profiles and for the other IRIs that drafts and tools
/// use for the same thing.
#[derive(Enum, sqlx::Type, Serialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ActivityVerb {
    /// Looked at a material, a hint, a result. `http://id.tincanapi.com/verb/viewed`; alias `http://activitystrea.ms/schema/1.0/view`.
    Viewed,
    /// Began a quiz or drill. `http://adlnet.gov/expapi/verbs/attempted`.
    Attempted,
    /// Answered one question; answering it again is another activity. `http://adlnet.gov/expapi/verbs/answered`.
    Answered,
    /// Came to the end; `success` does not mean passed. `http://adlnet.gov/expapi/verbs/completed`.
    Completed,
    /// Handed an assignment in: `objectId` is the assignment's id. `http://activitystrea.ms/schema/1.0/submit`;
    /// alias `http://activitystrea.ms/submit`.
    Submitted,
    /// Received a mark on what was handed in; done by a teacher, so it adds nothing to the pupil's interactions.
    /// `http://adlnet.gov/expapi/verbs/scored`.
    Scored,
    /// Started a tool, a viewer, an assignment. `http://adlnet.gov/expapi/verbs/launched`; alias
    /// `https://w3id.org/xapi/adl/verbs/launched`.
    Launched,
    /// Left a viewer. `http://adlnet.gov/expapi/verbs/terminated`.
    Terminated,
    /// Received an assignment (配布); done by a teacher, so it adds nothing to the pupil's interactions.
    /// `http://adlnet.gov/expapi/verbs/shared`.
    Shared,
    /// Received feedback on work (教員フィードバック); done by a teacher, so it adds nothing to the pupil's interactions.
    /// `http://adlnet.gov/expapi/verbs/responded`.
    Responded,
    /// Had work reset to its beginning; done by a teacher, so it adds nothing to the pupil's interactions.
    /// `http://adlnet.gov/expapi/verbs/initialized`.
    Initialized,
    /// Asked a teacher for help: a live page of the class shows it until the pupil is done or a teacher has answered (COMPLETED, SUBMITTED,
    /// RESPONDED). `http://id.tincanapi.com/verb/requested-attention`.
    RequestedAttention,
    /// Gave up an attempt. `https://w3id.org/xapi/adl/verbs/abandoned`.
    Abandoned,
    /// Was let off an assignment (免除); done by a teacher, so it adds nothing to the pupil's interactions.
    /// `https://w3id.org/xapi/adl/verbs/waived`.
    Waived,
    /// Made something: a slide, a card, a discussion. `https://w3id.org/xapi/adl/verbs/created`; alias
    /// `http://activitystrea.ms/create`.
    Created,
    /// Answered somebody in a discussion. `http://id.tincanapi.com/verb/replied`.
    Replied,
    /// Gave a stamp. `http://id.tincanapi.com/verb/voted-up`.
    VotedUp,
    /// Opened a book. `http://activitystrea.ms/open`; aliases `http://activitystrea.ms/schema/1.0/open`,
    /// `https://w3id.org/xapi/adb/verbs/open`.
    Opened,
    /// Closed a book. `http://activitystrea.ms/close`; aliases `http://activitystrea.ms/schema/1.0/close`,
    /// `https://w3id.org/xapi/adb/verbs/close`.
    Closed,
    /// Read a page. `http://activitystrea.ms/read`; aliases `http://activitystrea.ms/schema/1.0/read`,
    /// `https://w3id.org/xapi/adb/verbs/read`.
    Read,
    /// Turned a page, moved on in a video. `http://adlnet.gov/expapi/verbs/progressed`.
    Progressed,
    /// Zoomed, turned, changed colours. `http://adlnet.gov/expapi/verbs/interacted`.
    Interacted,
    /// Set a bookmark. `https://w3id.org/xapi/adb/verbs/bookmarked`.
    Bookmarked,
    /// Marked a passage. `https://w3id.org/xapi/adb/verbs/highlighted`.
    Highlighted,
    /// Wrote a note. `https://w3id.org/xapi/adb/verbs/noted`.
    Noted,
    /// Took a mark, a note or a bookmark away. `http://activitystrea.ms/delete`; aliases
    /// `http://activitystrea.ms/schema/1.0/delete`, `https://w3id.org/xapi/adb/verbs/delete`.
    Deleted,
}

impl ActivityVerb {
    /// Whether the pupil did it, rather than a teacher to the pupil's work.
    #[must_use]
    pub fn is_of_pupil(self) -> bool {
        use ActivityVerb::{Initialized, Responded, Scored, Shared, Waived};
        !matches!(self, Initialized | Responded | Scored | Shared | Waived)
    }
}

/// What kind of thing it was done to.
#[derive(Enum, sqlx::Type, Serialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ObjectKind {
    /// A page, a document, a worksheet, a slide.
    Material,
    /// An e-book or a page of one; counted with materials.
    Book,
    /// A video or a sound; counted with materials.
    Video,
    /// A quiz, a test, a drill.
    Quiz,
    /// One question of a quiz; counted with quizzes.
    Question,
    /// An assignment that was shared with `shareAssignments`.
    Assignment,
    /// A discussion, a board, a chat, a comment.
    Discussion,
    /// A start page, a portal, a timetable.
    Portal,
    /// Any other tool.
    Tool,
}

/// Where the pupil was.
#[derive(Enum, sqlx::Type, Serialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Place {
    /// At school.
    School,
    /// At home.
    Home,
    /// Anywhere else.
    Elsewhere,
}

/// The text by which a value is stored and read, the same as in GraphQL.
macro_rules! text {
    ($type:ident: $($value:ident = $text:literal),+ $(,)?) => {
        impl $type {
            pub(crate) fn text(self) -> &'static str {
                match self {
                    $($type::$value => $text),+
                }
            }
        }

        // From a text alone: serde's own takes an object with the name as its key as well.
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl Visitor<'_> for Text {
                    type Value = $type;

                    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                        f.write_str("a name in capitals")
                    }

                    fn visit_str<E: Error>(self, text: &str) -> Result<$type, E> {
                        match text {
                            $($text => Ok($type::$value),)+
                            other => Err(E::unknown_variant(other, &[$($text),+])),
                        }
                    }
                }
                deserializer.deserialize_str(Text)
            }
        }
    };
}

text!(ActivityVerb: Viewed = "VIEWED", Attempted = "ATTEMPTED", Answered = "ANSWERED", Completed = "COMPLETED", Submitted = "SUBMITTED",
    Scored = "SCORED", Launched = "LAUNCHED", Terminated = "TERMINATED", Shared = "SHARED", Responded = "RESPONDED",
    RequestedAttention = "REQUESTED_ATTENTION",
    Initialized = "INITIALIZED", Abandoned = "ABANDONED", Waived = "WAIVED", Created = "CREATED", Replied = "REPLIED", VotedUp = "VOTED_UP",
    Opened = "OPENED", Closed = "CLOSED", Read = "READ", Progressed = "PROGRESSED", Interacted = "INTERACTED", Bookmarked = "BOOKMARKED",
    Highlighted = "HIGHLIGHTED", Noted = "NOTED", Deleted = "DELETED");
text!(ObjectKind: Material = "MATERIAL", Book = "BOOK", Video = "VIDEO", Quiz = "QUIZ", Question = "QUESTION", Assignment = "ASSIGNMENT",
    Discussion = "DISCUSSION", Portal = "PORTAL", Tool = "TOOL");
text!(Place: School = "SCHOOL", Home = "HOME", Elsewhere = "ELSEWHERE");

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::resolver_utils::EnumType;

    /// Every value by the name that GraphQL has for it.
    fn named<T: EnumType + for<'de> Deserialize<'de> + PartialEq + fmt::Debug>(text: fn(T) -> &'static str) {
        for item in T::items() {
            assert_eq!(text(item.value), item.name);
            assert_eq!(serde_json::from_str::<T>(&format!("{:?}", item.name)).expect("it is read"), item.value);
            assert!(serde_json::from_str::<T>(&format!("{{{:?}:null}}", item.name)).is_err());
        }
    }

    #[test]
    fn what_is_stored_is_what_graphql_says() {
        named(ActivityVerb::text);
        named(ObjectKind::text);
        named(Place::text);
    }
}
