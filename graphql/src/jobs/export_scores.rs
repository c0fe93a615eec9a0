//! The scores of a class's last analysis on a day, as CSV for those who judge the model.
use crate::access::scope::Scope;
use crate::error::{Error, Result};
use crate::support::analysis_run::{self, Which};
use crate::support::language::Language;
use crate::support::low_moods::LowMoods;
use crate::support::score;
use chrono::NaiveDate;
use uuid::Uuid;

/// How many reasons a row names.
const REASONS: usize = 5;

/// CSV in UTF-8 without a byte order mark: `classId,pupilId,score,level,group,reasons`, a row a pupil who was enrolled on the day, by
/// pupil. `score` is from 0 to 1, higher for more concern, also where no flag may be given. No cell holds a line break.
pub async fn support_scores(scope: &Scope, class: Uuid, as_of: NaiveDate) -> Result<String> {
    let run = analysis_run::find(scope, Which::LastOn(class, as_of)).await?.ok_or_else(|| {
        Error::BadInput(format!(
            "class {class} has no analysis as of {as_of}: run `asagao analyze --class {class} --as-of {as_of}` first"
        ))
    })?;
    let groups = &run.groups_found.0.0;
    let mut csv = csv::Writer::from_writer(Vec::new());
    let write = |csv: &mut csv::Writer<Vec<u8>>, row: [String; 6]| csv.write_record(row).expect("memory takes every row of six");
    write(&mut csv, ["classId", "pupilId", "score", "level", "group", "reasons"].map(str::to_owned));
    let low = LowMoods::read(scope).await?;
    for score in score::of_run(scope, run.id).await? {
        let number = score.group_number.and_then(|number| usize::try_from(number).ok());
        let group = number.and_then(|number| groups.get(number)).map(|group| group.name(Language::Ja, &low));
        let rules = score.rules.0.0.iter().map(|rule| rule.text(Language::Ja, &low));
        let lines = score.reasons.0.0.iter().filter(|reason| reason.concerns()).map(|reason| reason.text(Language::Ja, &low));
        let reasons: Vec<String> = rules.chain(lines).take(REASONS).collect();
        let level = format!("{:?}", score.level).to_uppercase();
        let row = [
            class.to_string(),
            score.pupil.to_string(),
            score.score.to_string(),
            level,
            group.unwrap_or_default(),
            reasons.join("；"),
        ];
        write(&mut csv, row);
    }
    let bytes = csv.into_inner().expect("memory is always flushed");
    Ok(String::from_utf8(bytes).expect("every cell is text"))
}
