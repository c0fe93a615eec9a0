//! The registers of many classes at once: what they rest on is gathered once for a school, and each class has its own sheet of it.
use super::correction::{self, Corrected};
use super::of_month::{Register, Sheet, names};
use super::{Which, gather, pupils_of};
use crate::access::right::Right;
use crate::access::scope::Scope;
use crate::attendance::closure::{self, ClassClosure};
use crate::error::{Error, Result};
use crate::roster::class::{self, Class, ClassKind};
use async_graphql::Context;
use async_graphql::async_trait::async_trait;
use async_graphql::dataloader::Loader;
use chrono::NaiveDate;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use uuid::Uuid;

/// How much of a register is wanted beside its sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Detail {
    /// Every day with its cells.
    pub(crate) days: bool,
    pub(crate) closures: bool,
    /// What was corrected, or how often.
    pub(crate) corrections: bool,
}

impl Detail {
    /// What a call selects of a register.
    pub(crate) fn selected(ctx: &Context<'_>) -> Self {
        let register = ctx.look_ahead();
        let any = |name: &str| register.field(name).exists();
        Detail {
            days: any("days") || register.field("rows").field("cells").exists(),
            closures: any("closures"),
            corrections: any("corrections") || any("version"),
        }
    }
}

/// The register of a class over some days, as a key to load many at once. A lesson has none.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RegisterOf {
    pub(crate) class: Uuid,
    pub(crate) from: NaiveDate,
    pub(crate) to: NaiveDate,
    pub(crate) detail: Detail,
}

#[async_trait]
impl Loader<RegisterOf> for Scope {
    type Value = Arc<Register>;
    type Error = Error;

    async fn load(&self, keys: &[RegisterOf]) -> Result<HashMap<RegisterOf, Arc<Register>>> {
        let ids: BTreeSet<Uuid> = keys.iter().map(|key| key.class).collect();
        // A class may have been reached by another right: the register needs its own.
        let reached = class::reachable(self, Right::AttendanceRead, &ids.into_iter().collect::<Vec<_>>()).await?;
        reached.iter().for_each(|class| self.looks_at_class(class.id, Right::AttendanceRead));
        let homerooms = reached.into_iter().filter(|class| class.kind == ClassKind::Homeroom);
        let homerooms: HashMap<Uuid, Class> = homerooms.map(|class| (class.id, class)).collect();
        let mut together: HashMap<(Uuid, (NaiveDate, NaiveDate), Detail), Vec<Class>> = HashMap::new();
        for (key, class) in keys.iter().filter_map(|key| Some((key, homerooms.get(&key.class)?))) {
            together.entry((class.school, (key.from, key.to), key.detail)).or_default().push(class.clone());
        }
        let mut found = HashMap::new();
        for ((school, (from, to), detail), classes) in together {
            for (class, register) in of_school(self, (school, &classes), (from, to), detail).await? {
                found.insert(RegisterOf { class, from, to, detail }, Arc::new(register));
            }
        }
        Ok(found)
    }
}

/// The registers of homerooms of a school. The caller has checked the classes against the scope.
async fn of_school(
    scope: &Scope,
    (school, classes): (Uuid, &[Class]),
    days: (NaiveDate, NaiveDate),
    detail: Detail,
) -> Result<Vec<(Uuid, Register)>> {
    let ids: Vec<Uuid> = classes.iter().map(|class| class.id).collect();
    scope.looks_at_former(&ids, Right::AttendanceRead, days).await?;
    let members = pupils_of(scope, &ids, days).await?;
    // Whoever changed class is in two of them.
    let pupils: BTreeSet<Uuid> = members.values().flatten().copied().collect();
    let pupils: Vec<Uuid> = pupils.into_iter().collect();
    let which = if detail.corrections { Which::Every } else { Which::Holding };
    let gathered = gather(scope, school, classes, &pupils, days, which).await?;
    let names = names(scope, &pupils).await?;
    let mut closures: HashMap<Uuid, Vec<ClassClosure>> = HashMap::new();
    if detail.closures {
        let all = closure::of_classes(scope, &ids, days).await?;
        all.into_iter().for_each(|closure| closures.entry(closure.class).or_default().push(closure));
    }
    let corrected = if detail.corrections {
        correction::of_classes(scope, (school, classes), &gathered).await?
    } else {
        Corrected::default()
    };
    let mut registers = Vec::new();
    for class in classes {
        let pupils = members.get(&class.id).map(Vec::as_slice).unwrap_or_default();
        let sheet = Sheet { class, pupils, gathered: &gathered, names: &names, corrected: &corrected, detail };
        registers.push((class.id, sheet.register(closures.remove(&class.id).unwrap_or_default())));
        // Others have their turn between two classes.
        tokio::task::yield_now().await;
    }
    Ok(registers)
}
