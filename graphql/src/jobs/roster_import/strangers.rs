//! New pupils who may be known under another UUID: neither merged nor added without somebody's word.
use super::ids::Ids;
use super::record::{Record, read};
use super::stage::{LOT, Stage};
use super::store::ChangeKind;
use crate::access::tx::Tx;
use crate::db::{bind_ids, on};
use crate::error::Result;
use crate::formats::name_fold::fold;
use crate::roster::pupil::Pupil;
use sqlx::QueryBuilder;
use std::collections::HashMap;
use uuid::Uuid;

/// Looks for the new pupils among those who are stored; gives whether any may be known. `listed`: who is in the package.
pub(super) async fn find(stage: &mut Stage<'_>, listed: &Ids) -> Result<bool> {
    if stage.first {
        return Ok(false);
    }
    let mut after = 0;
    loop {
        let mut tx = stage.scope.begin("roster import read").await?;
        let sql = "SELECT seq, after FROM roster_import_change WHERE import = $1 AND kind = 'NEW' AND seq > $2 AND record = $3
                   ORDER BY seq LIMIT $4";
        let rows: Vec<(i64, String)> = on!(tx.connection(), c => sqlx::query_as(sql).bind(stage.import).bind(after).bind(Record::Pupil)
            .bind(LOT.cast_signed() as i64).fetch_all(c).await?);
        let Some(last) = rows.last() else { break };
        after = last.0;
        let news = rows.iter().map(|(seq, after)| Ok((*seq, read::<Pupil>(after)?))).collect::<Result<Vec<_>>>()?;
        let known = look_alikes(&mut tx, &news).await?;
        for (seq, new) in &news {
            let candidates = known.get(&fold(&new.given_name)).into_iter().flatten();
            let Some(candidate) = candidates.filter(|known| may_be(known, new, listed)).min_by_key(|known| known.id) else {
                continue;
            };
            stage.unmatched.insert(new.id);
            stage.candidates.insert(candidate.id, new.id);
            // A pupil of somebody else's school is not named: that there may be one has to be enough.
            let elsewhere = stage.yours.elsewhere(&mut tx, "pupil", "enrolment", &[candidate.id]).await?;
            let candidate = (!elsewhere.contains(&candidate.id)).then_some(candidate.id);
            let sql = "UPDATE roster_import_change SET kind = $3, candidate = $4 WHERE import = $1 AND seq = $2";
            on!(tx.connection(), c => sqlx::query(sql).bind(stage.import).bind(*seq).bind(ChangeKind::Unmatched).bind(candidate)
                .execute(c).await?.rows_affected());
        }
        tx.commit().await?;
    }
    Ok(!stage.unmatched.is_empty())
}

/// Stored pupils who share a number, a birthday or a given name's reading with one of these, by their folded given name.
async fn look_alikes(tx: &mut Tx, news: &[(i64, Pupil)]) -> Result<HashMap<String, Vec<Pupil>>> {
    let mut found: HashMap<String, Vec<Pupil>> = HashMap::new();
    let texts = |of: fn(&Pupil) -> &str| -> Vec<String> {
        news.iter().map(|(_, pupil)| of(pupil)).filter(|text| !text.is_empty()).map(str::to_owned).collect()
    };
    let numbers = texts(|pupil| &pupil.identifier);
    let readings = texts(|pupil| &pupil.kana_given_name);
    let birthdays: Vec<chrono::NaiveDate> = news.iter().filter_map(|(_, pupil)| pupil.birth_date).collect();
    let rows: Vec<Pupil> = on!(tx.connection(), c => {
        let mut sql = QueryBuilder::new("SELECT * FROM pupil WHERE id IN (");
        // No list is empty on PostgreSQL.
        bind_ids(&mut sql, [Uuid::nil()]);
        for (column, texts) in [(") OR identifier IN (", &numbers), (") OR kana_given_name IN (", &readings)] {
            if !texts.is_empty() {
                sql.push(column);
                let mut list = sql.separated(", ");
                texts.iter().for_each(|text| { list.push_bind(text.clone()); });
            }
        }
        if !birthdays.is_empty() {
            sql.push(") OR birth_date IN (");
            let mut list = sql.separated(", ");
            birthdays.iter().for_each(|day| { list.push_bind(*day); });
        }
        sql.push(")").build_query_as().persistent(false).fetch_all(c).await?
    });
    for pupil in rows {
        found.entry(fold(&pupil.given_name)).or_default().push(pupil);
    }
    Ok(found)
}

/// Whether a new pupil may be a known one: of the same given name, and with the same 学籍番号; or of the same names and birthday; or of the same
/// names and reading where the package has no word of the known one.
fn may_be(known: &Pupil, new: &Pupil, listed: &Ids) -> bool {
    let number = !new.identifier.is_empty() && known.identifier == new.identifier;
    let names = fold(&known.family_name) == fold(&new.family_name) && fold(&known.given_name) == fold(&new.given_name);
    let birthday = new.birth_date.is_some() && known.birth_date == new.birth_date;
    let born_otherwise = matches!((known.birth_date, new.birth_date), (Some(known), Some(new)) if known != new);
    let reading = !new.kana_given_name.is_empty()
        && fold(&known.kana_given_name) == fold(&new.kana_given_name)
        && fold(&known.kana_family_name) == fold(&new.kana_family_name);
    let gone = !listed.contains(known.id);
    !born_otherwise && ((number && gone) || (names && birthday) || (names && reading && gone))
}
