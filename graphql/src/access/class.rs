//! The information classes (情報資産の分類) of the ministry's guideline on security in education, and from which of them on staff have to
//! have shown more than one factor (多要素認証).
use super::field_class::{self, FieldName, Guarded};
use super::right::Right;
use super::scope::{Holder, Viewer};
use std::collections::{BTreeMap, BTreeSet};

/// How much harm it does when information of this class gets out; the higher the class the lower the number, as the guideline has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InformationClass {
    /// Ⅳ: hardly any; what is public anyway.
    Four,
    /// Ⅲ: slight; registers of attendance, learning records.
    Three,
    /// Ⅱ: grave; health, guidance, marks.
    Two,
    /// Ⅰ: very grave; what needs special care (要配慮個人情報), and the originals that a school has to keep (指導要録).
    One,
}

impl InformationClass {
    /// The class of a name: `I`, `II`, `III` or `IV`.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let found = Self::ALL.into_iter().find(|(known, _)| *known == name);
        found.map(|(_, class)| class)
    }

    /// The name, as settings have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, class)| *class == self).map_or("", |(name, _)| name)
    }

    const ALL: [(&'static str, Self); 4] = [("I", Self::One), ("II", Self::Two), ("III", Self::Three), ("IV", Self::Four)];
}

impl Right {
    /// The class of what the right opens, or would change. A right that opens several things has the class of the gravest.
    #[must_use]
    pub fn class(self) -> InformationClass {
        match self {
            // What a school tells everybody, or has by itself without its pupils.
            Right::SchoolRead
            | Right::CalendarWrite
            | Right::TermWrite
            | Right::AttendanceKindWrite
            | Right::AttendanceCount
            | Right::QualityRead
            | Right::BoardWordWrite
            | Right::ConsultationSettingWrite
            | Right::MarkSchemeWrite => InformationClass::Four,
            // 出席簿, 学習記録, class lists.
            Right::RosterRead
            | Right::ActivityRead
            | Right::ActivityWrite
            | Right::AssignmentWrite
            | Right::AttendanceRead
            | Right::AttendanceWrite
            | Right::AttendanceDecide
            | Right::LessonWrite
            | Right::MoodWrite
            | Right::ConsultationWrite => InformationClass::Three,
            // 成績, 健康, 生徒指導; and what decides who may see what.
            Right::RosterWrite
            | Right::AnalysisRun
            | Right::AnalysisRuleWrite
            | Right::AnalysisCapacityWrite
            | Right::AnalysisChoose
            | Right::RecordOpen
            | Right::FlagRead
            | Right::FlagReview
            | Right::AttendanceRecognise
            | Right::MarkRead
            | Right::MarkWrite
            | Right::MarkDecide
            | Right::MarkClose
            | Right::MoodRead
            | Right::HealthRead
            | Right::HealthWrite
            | Right::VisitRead
            | Right::SupportRead
            | Right::SupportWrite
            | Right::SupportOpen
            | Right::MoveWrite
            | Right::TurnoverWrite
            | Right::DutyWrite
            | Right::RetentionRead
            | Right::RetentionRuleWrite
            | Right::AccessWrite
            | Right::AccessLogRead => InformationClass::Two,
            // 学籍, 要配慮個人情報, what was said in confidence, deleting for good.
            Right::OfficialNameRead
            | Right::ProtectedRead
            | Right::GuardianRead
            | Right::GuardianWrite
            | Right::VisitWrite
            | Right::ConsultationTake
            | Right::SupportJoin
            | Right::RetentionWrite => InformationClass::One,
        }
    }
}

/// From which class on staff have to have shown more than one factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mfa {
    from: InformationClass,
    raised: BTreeMap<Right, InformationClass>,
    /// The fields that take more than one factor although the right that opens them does not.
    fields: BTreeSet<FieldName>,
}

impl Mfa {
    /// From a class on, with the rights and the fields that the board holds for graver than the tables do; what it holds for less grave
    /// is refused.
    pub fn new(
        from: InformationClass,
        raised: BTreeMap<Right, InformationClass>,
        fields: BTreeMap<FieldName, InformationClass>,
    ) -> Result<Self, String> {
        let rights = raised.iter().map(|(right, class)| (right.name().to_owned(), Some(right.class()), *class));
        let of_fields = fields.iter().map(|(field, class)| (field.clone(), field_class::of(field), *class));
        for (name, own, class) in rights.chain(of_fields) {
            let Some(own) = own else {
                return Err(format!("{name} is no right, and no field of class I to III in docs/access.md"));
            };
            if class < own {
                let (own, class) = (own.name(), class.name());
                return Err(format!("{name} is of class {own}: it can be raised, but not lowered to {class}"));
            }
        }
        let fields: BTreeSet<FieldName> =
            fields.into_iter().filter(|(_, class)| *class >= from).map(|(field, _)| field).collect();
        if let Some(field) = fields.iter().find(|field| !field_class::can_be_null(field)) {
            return Err(format!("{field} is never null, so it cannot be withheld by itself: raise the right that opens it"));
        }
        Ok(Mfa { from, raised, fields })
    }

    /// The fields that take more than one factor although the right that opens them does not; `None` where there are none.
    pub(crate) fn guarded_fields(&self) -> Option<Guarded> {
        (!self.fields.is_empty()).then(|| Guarded::new(self.fields.iter()))
    }

    /// Whether single fields are guarded.
    pub(crate) fn guards_fields(&self) -> bool {
        !self.fields.is_empty()
    }

    /// Whether a right takes more than one factor.
    #[must_use]
    pub fn guards(&self, right: Right) -> bool {
        self.raised.get(&right).copied().unwrap_or_else(|| right.class()) >= self.from
    }

    /// Takes from somebody who has shown one factor alone what needs more. Pupils and programs are not asked.
    pub(crate) fn withhold(&self, viewer: &mut Viewer) {
        if viewer.kind == Holder::Staff {
            viewer.one_factor = true;
            viewer.withheld = viewer.rights.extract_if(.., |right| self.guards(*right)).collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_board_raises_and_never_lowers() {
        let raise = |right, class| Mfa::new(InformationClass::Two, BTreeMap::from([(right, class)]), BTreeMap::new());
        let raised = raise(Right::AttendanceRead, InformationClass::Two).unwrap();
        assert!(raised.guards(Right::AttendanceRead) && raised.guards(Right::MarkRead) && !raised.guards(Right::RosterRead));
        assert_eq!(
            raise(Right::MarkRead, InformationClass::Three).unwrap_err(),
            "mark:read is of class II: it can be raised, but not lowered to III"
        );
    }

    #[test]
    fn a_single_field_is_raised_and_never_lowered() {
        let raise = |field: &str, class| {
            Mfa::new(InformationClass::Two, BTreeMap::new(), BTreeMap::from([(field.to_owned(), class)]))
                .map(|mfa| mfa.fields.len())
        };
        assert_eq!(raise("Pupil.kana", InformationClass::Two), Ok(1));
        assert_eq!(raise("Pupil.kana", InformationClass::Three), Ok(0), "of the class that it is of anyway");
        let lowered = raise("SupportFlag.reasons", InformationClass::Three).unwrap_err();
        assert_eq!(lowered, "SupportFlag.reasons is of class II: it can be raised, but not lowered to III");
        assert!(raise("Pupil.name", InformationClass::Two).unwrap_err().contains("raise the right that opens it"));
        assert!(raise("Pupil.shoeSize", InformationClass::One).unwrap_err().contains("Pupil.shoeSize is no right, and no field"));
    }

    #[test]
    fn the_gravest_is_guarded_from_whatever_class_on() {
        for (name, class) in InformationClass::ALL {
            let mfa = Mfa::new(class, BTreeMap::new(), BTreeMap::new()).unwrap();
            assert!(mfa.guards(Right::SupportJoin), "{name}");
            assert_eq!(mfa.guards(Right::SchoolRead), name == "IV");
            assert_eq!(InformationClass::of_name(class.name()), Some(class));
        }
        assert_eq!(InformationClass::of_name("2"), None);
    }
}
