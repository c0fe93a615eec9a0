//! The support sheets of the town: those who came in the course of the year are looked after with one.
use super::answers::ask;
use super::pupil::Story;
use super::weeks::Weeks;
use crate::error::{Error, Result};
use crate::scalar::Day;
use crate::support::action::{self, RecordSupportActionInput, SupportActionKind};
use crate::support::sheet::level::SupportNoteLevel;
use async_graphql::ID;
use chrono::Days;
use serde_json::{Value, json};

/// So many sheets are opened at most.
const MOST: usize = 6;

/// So many school days before the last one they are opened, and so many before it the counsellor has talked with the pupil.
const OPENED: usize = 8;
const TALKED: usize = 3;

impl Weeks<'_> {
    /// Opens sheets with tasks, a meeting and a plan by the homeroom teachers of those who came in the course of the year. The counsellor takes
    /// part in them; what they were to do is done but for one task, which is late by today.
    pub(super) async fn support(&mut self, on: usize) -> Result<()> {
        let (days, ahead) = (&self.town.calendar.days, &self.town.calendar.ahead);
        let (last, today, next) = (days.len(), days[on], ahead[1]);
        let opens = on + OPENED == last;
        if !opens && on + TALKED != last {
            return Ok(());
        }
        let late = days[last.saturating_sub(2)];
        let newcomers = self.town.classes.iter().filter_map(|class| {
            let pupil = class.pupils.iter().find(|pupil| pupil.story == Story::TransferredIn)?;
            Some((class.index, pupil.id))
        });
        for (class, pupil) in newcomers.take(MOST).collect::<Vec<_>>() {
            let school = self.town.classes[class].school;
            if !opens {
                let talked = RecordSupportActionInput {
                    id: None,
                    pupil_id: ID(pupil.to_string()),
                    day: None,
                    kind: SupportActionKind::Meeting,
                    text: "相談室で話した。図書室で会う友だちができたとのこと。次は来週。".into(),
                    level: SupportNoteLevel::Assigned,
                    next_on: Some(Day(next)),
                };
                super::mornings::none(action::record(&self.at_work.counsellors[school], talked).await?.err().as_slice())?;
                continue;
            }
            let counsellor = self.town.counsellor_of(school).id;
            let opened = self
                .change(
                    class,
                    "openSupport",
                    json!({ "pupilId": pupil, "reason": "転入してから、休み時間にひとりでいることが多い" }),
                )
                .await?;
            let (sheet, teacher) = (&opened["id"], &opened["assigned"][0]["staffId"]);
            for (part, level, text) in [
                ("BACKGROUND", "SCHOOL_TEAM", "転入したばかり。前の学校では図書委員だった。"),
                ("STRENGTHS", "SHAREABLE", "本が好きで、調べたことをていねいに書く。"),
                ("WISH_OF_CHILD", "SHAREABLE", "いっしょに帰る友だちがほしい。"),
                ("WISH_OF_GUARDIANS", "SHAREABLE", "学校であったことを、家でも話せるようになってほしい。"),
                ("STATE", "SCHOOL_TEAM", "授業では手をあげる。休み時間は図書室にいる。"),
                ("AIMS", "SHAREABLE", "休み時間に、だれかと過ごす日をふやす。"),
            ] {
                self.change(
                    class,
                    "writeSupportSection",
                    json!({ "sheetId": sheet, "part": part, "level": level, "text": text }),
                )
                .await?;
            }
            let assign = json!({ "sheetId": sheet, "staffId": counsellor, "part": "面談" });
            self.change(class, "assignSupport", assign).await?;
            for (what, staff, due) in [
                ("図書委員の友だちと、本の紹介をつくる", teacher.clone(), next),
                ("週に一度、放課後に話を聞く", teacher.clone(), next + Days::new(9)),
                ("前の学校でのようすを、本人から聞く", json!(counsellor), late),
                ("来週の面談の時間を、本人と決める", json!(counsellor), next),
            ] {
                let task = json!({ "sheetId": sheet, "what": what, "staffId": staff, "dueOn": due });
                self.change(class, "saveSupportTask", task).await?;
            }
            let meeting = json!({ "sheetId": sheet, "tookPart": "担任・学年主任・養護教諭", "said": "教室では落ち着いている。休み時間の居場所を考えたい。",
                "decided": "図書委員の当番に入ってもらう。2週間ようすを見る。" });
            self.change(class, "saveSupportMeeting", meeting).await?;
            let plan = json!({ "sheetId": sheet, "kind": "GUIDANCE", "begins": today, "ends": self.town.year.ends, "reviewOn": today + Days::new(24),
                "guardians": "個人面談で、願いを聞いた。", "goals": [{ "goal": "班の話し合いで、自分の考えを言う", "means": "はじめに書く時間をとる" }] });
            self.change(class, "saveSupportPlan", plan).await?;
        }
        Ok(())
    }

    /// Does something with a sheet in the name of a homeroom teacher, and gives the sheet.
    async fn change(&self, class: usize, mutation: &str, input: Value) -> Result<Value> {
        let of = mutation[..1].to_uppercase() + &mutation[1..];
        let document = format!(
            "mutation ($input: {of}Input!) {{ {mutation}(input: $input) {{ sheet {{ id assigned {{ staffId }} }} userErrors {{ field message }} }} }}"
        );
        let answer: Value = ask(&self.schema, &self.at_work.teachers[class], &document, json!({ "input": input })).await?;
        let sheet = answer[mutation]["sheet"].clone();
        if sheet.is_null() {
            tracing::error!(%answer, "a support sheet of the demo was refused");
            return Err(Error::Internal);
        }
        Ok(sheet)
    }
}
