//! The support sheets of the town: those who came in the course of the year are looked after with one.
use super::answers::ask;
use super::pupil::Story;
use super::weeks::Weeks;
use crate::clock::school_day;
use crate::error::{Error, Result};
use chrono::{DateTime, Days, Utc};
use serde_json::{Value, json};

/// So many sheets are opened at most.
const MOST: usize = 6;

impl Weeks<'_> {
    /// Opens sheets with tasks, a meeting and a plan by the homeroom teachers of those who came in the course of the year.
    pub(super) async fn support(&mut self, now: DateTime<Utc>) -> Result<()> {
        let today = school_day(now);
        let newcomers = self.town.classes.iter().filter_map(|class| {
            let pupil = class.pupils.iter().find(|pupil| pupil.story == Story::TransferredIn)?;
            Some((class.index, pupil.id))
        });
        for (class, pupil) in newcomers.take(MOST).collect::<Vec<_>>() {
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
            for (what, days) in [("図書委員の友だちと、本の紹介をつくる", 1), ("週に一度、放課後に話を聞く", 10)]
            {
                let task = json!({ "sheetId": sheet, "what": what, "staffId": teacher, "dueOn": today + Days::new(days) });
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
        let answer: Value = ask(&self.schema, &self.teachers[class], &document, json!({ "input": input })).await?;
        let sheet = answer[mutation]["sheet"].clone();
        if sheet.is_null() {
            tracing::error!(%answer, "a support sheet of the demo was refused");
            return Err(Error::Internal);
        }
        Ok(sheet)
    }
}
