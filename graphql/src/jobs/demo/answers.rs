//! What teachers do about flags: they answer some of the older ones, and talk with pupils and families.
use super::calendar::at;
use super::dice::Dice;
use super::pupil::Story;
use super::town::{Class, Town};
use crate::Schema;
use crate::access::scope::Scope;
use crate::error::{Error, Result};
use crate::support::action::SupportActionKind;
use async_graphql::{Request, Variables};
use chrono::{Days, NaiveDate};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

const OPEN: &str = "query ($class: ID!) { supportFlags(classId: $class, first: 200) { nodes { id state since pupil { id } } } }";
const ANSWER: &str = "mutation ($input: ReviewSupportFlagInput!) {
    reviewSupportFlag(input: $input) { flag { id } userErrors { field message } } }";

#[derive(Deserialize)]
struct Open {
    #[serde(rename = "supportFlags")]
    flags: Option<Nodes>,
}

#[derive(Deserialize)]
struct Nodes {
    nodes: Vec<Flag>,
}

#[derive(Deserialize)]
struct Flag {
    id: String,
    state: String,
    since: NaiveDate,
    pupil: Option<PupilOf>,
}

#[derive(Deserialize)]
struct PupilOf {
    id: Uuid,
}

/// Something done for a pupil, to be recorded in the afternoon.
pub(super) struct Action {
    pub(super) pupil: Uuid,
    pub(super) kind: SupportActionKind,
    pub(super) text: &'static str,
    pub(super) next_on: Option<NaiveDate>,
}

/// How likely a teacher answers a flag of last week or before on a Monday morning.
const ANSWERED: f64 = 0.35;

/// A homeroom teacher answers some of the flags that are a week old or older. Whoever has stopped handing in waits for the visitor.
/// Returns how many answers there were, and what is to be done in the afternoon.
pub(super) async fn answer(
    town: &Town,
    class: &Class,
    schema: &Schema,
    teacher: &Scope,
    on: usize,
) -> Result<(usize, Vec<Action>)> {
    let today = town.calendar.days[on];
    let open: Open = ask(schema, teacher, OPEN, json!({ "class": class.id })).await?;
    let (mut answers, mut actions) = (0, Vec::new());
    for flag in open.flags.map(|flags| flags.nodes).unwrap_or_default() {
        let Some(pupil) = class.pupils.iter().find(|pupil| flag.pupil.as_ref().is_some_and(|of| of.id == pupil.id)) else {
            continue;
        };
        let mut dice = Dice::new(town.seed, "answer", &[class.index, pupil.number, on]);
        let waits = ["NEW", "CONTINUING"].contains(&flag.state.as_str()) && flag.since + Days::new(7) <= today;
        if !waits || pupil.story == Story::StopsHandingIn || !dice.happens(ANSWERED) {
            continue;
        }
        let (answer, note, weeks) = words(pupil.story, &mut dice);
        let snooze = (weeks > 0).then(|| today + Days::new(7 * weeks));
        let input = json!({ "input": { "flagId": flag.id, "answer": answer, "note": note, "snoozeUntil": snooze } });
        let answered: Value = ask(schema, teacher, ANSWER, input).await?;
        if answered["reviewSupportFlag"]["flag"].is_null() {
            tracing::error!(%answered, "a flag of the demo could not be answered");
            return Err(Error::Internal);
        }
        answers += 1;
        if pupil.story.is_to_look_at() || answer == "USEFUL" {
            actions.push(action(pupil.id, pupil.story, today, &mut dice));
        }
    }
    Ok((answers, actions))
}

/// The answer, its note, and for how many weeks the flag is put off.
fn words(story: Story, dice: &mut Dice) -> (&'static str, Option<&'static str>, u64) {
    match story {
        Story::Offline => ("NOT_RIGHT", Some("家のネットがつながらず、まとめて届いています。"), 2),
        Story::Influenza | Story::Mourning => ("NOT_RIGHT", Some("出席停止・忌引の間のことです。"), 2),
        Story::SlowButSteady => ("NOT_RIGHT", Some("ゆっくりですが、毎日きちんと進めています。"), 2),
        Story::NightWorker => ("ALREADY_KNOWN", Some("家で夜に進める子です。保護者とも話しています。"), 2),
        Story::TransferredIn => ("ALREADY_KNOWN", Some("転入したばかりです。慣れるのを待っています。"), 0),
        _ if story.is_to_look_at() && dice.happens(0.75) => ("USEFUL", Some("きょう声をかけてみます。"), 0),
        _ if story.is_to_look_at() => ("ALREADY_KNOWN", None, 0),
        // The lowest of a class that is well: sometimes there is something all the same.
        _ => *dice.pick(&[
            ("USEFUL", None, 0),
            ("USEFUL", Some("聞いてみると、タブレットの調子が悪かったそうです。"), 0),
            ("ALREADY_KNOWN", Some("もともとゆっくり取り組む子です。"), 0),
            ("ALREADY_KNOWN", None, 2),
            ("NOT_RIGHT", None, 2),
        ]),
    }
}

fn action(pupil: Uuid, story: Story, today: NaiveDate, dice: &mut Dice) -> Action {
    let (kind, text) = match story {
        Story::AbsentInARow => {
            (SupportActionKind::Phone, "母と電話。朝になるとお腹が痛いとのこと。無理せず、来られる時間に来るよう伝えた。")
        }
        Story::Mondays => (SupportActionKind::Phone, "父と電話。日曜の夜に寝るのが遅い。月曜の朝だけ早めに声をかけてもらう。"),
        Story::EverLater => (SupportActionKind::Meeting, "保護者と面談。朝の支度を夜のうちにする。1週間ようすを見る。"),
        Story::MoodTurns => (SupportActionKind::Talk, "休み時間に話した。友だちとのことで気になることがある。席と班を見直す。"),
        _ if dice.happens(0.5) => (SupportActionKind::Talk, "放課後に声をかけた。つまずいている単元を一緒に見る約束をした。"),
        _ => (SupportActionKind::Meeting, "本人と面談。家で課題を開くのがおっくうとのこと。学校で15分進めてから帰る。"),
    };
    let next_on = dice.happens(0.6).then(|| today + Days::new(7));
    Action { pupil, kind, text, next_on }
}

/// Asks the API in somebody's name.
/// Asks the API in the name of somebody; the demo asks nothing that is wrong.
pub(super) async fn ask<T: for<'de> Deserialize<'de>>(
    schema: &Schema,
    scope: &Scope,
    document: &str,
    variables: Value,
) -> Result<T> {
    let request = Request::new(document).variables(Variables::from_json(variables));
    let response = schema.execute(crate::authorized(request, scope)).await;
    if let Some(error) = response.errors.first() {
        tracing::error!(%error, "the demo asked wrongly");
        return Err(Error::Internal);
    }
    serde_json::to_value(response.data).and_then(serde_json::from_value).map_err(|error| {
        tracing::error!(%error, "the demo was answered otherwise than it reads");
        Error::Internal
    })
}

/// When teachers read their flags on the morning after an analysis.
pub(super) fn morning(day: NaiveDate) -> chrono::DateTime<chrono::Utc> {
    at(day, 8 * 60)
}
