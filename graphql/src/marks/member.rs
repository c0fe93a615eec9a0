//! Who is marked in a class in a term: everybody who was in it on a day of the term, those who have left among them.
use super::term::Term;
use crate::access::scope::Scope;
use crate::clock::not_replaced;
use crate::db::on;
use crate::error::Result;
use crate::roster::class::Class;
use crate::roster::pupil;
use chrono::NaiveDate;
use std::collections::HashSet;
use uuid::Uuid;

/// A pupil of a class in a term.
#[derive(sqlx::FromRow, Clone, Debug)]
pub(super) struct Member {
    pub(super) pupil: Uuid,
    name: String,
    protected: bool,
    /// 出席番号 in the homeroom of the term.
    pub(super) number: Option<i32>,
    /// The grade in the term, where it is known.
    pub(super) grade: Option<String>,
    pub(super) ends: NaiveDate,
    /// Whether a later homeroom of the same school has the pupil's report of the term.
    pub(super) elsewhere: bool,
}

impl Member {
    /// The name to show.
    pub(super) fn shown_name(&self) -> &str {
        self.name.trim()
    }

    /// The grade; empty where it is not known.
    pub(super) fn grade(&self) -> &str {
        self.grade.as_deref().unwrap_or_default()
    }

    /// The last day in the class, where that lies before the term's or before today.
    pub(super) fn left(&self, until: NaiveDate) -> Option<NaiveDate> {
        (self.ends < until).then_some(self.ends)
    }
}

/// Those who were in a class in a term, up to today, by number. The caller has checked the class against the scope.
pub(super) async fn of_class(scope: &Scope, class: &Class, term: &Term) -> Result<Vec<Member>> {
    // The homeroom of the same school in which the pupil was last in the term says number and grade.
    let sql = "SELECT e.pupil,
                   CASE WHEN p.preferred_family_name = '' THEN p.family_name ELSE p.preferred_family_name END || ' ' ||
                   CASE WHEN p.preferred_given_name = '' THEN p.given_name ELSE p.preferred_given_name END AS name, p.protected,
                   COALESCE(e.number, (SELECT h.number FROM enrolment h JOIN class k ON k.id = h.class
                       WHERE h.pupil = e.pupil AND h.school = e.school AND h.kind = 'HOME' AND k.kind = 'HOMEROOM'
                           AND h.known_until = $4 AND h.begins <= $3 AND h.ends >= $2 ORDER BY h.begins DESC, h.id LIMIT 1)) AS number,
                   (SELECT CASE WHEN k.grades = '' OR k.grades LIKE '%,%' THEN h.grade ELSE k.grades END
                       FROM enrolment h JOIN class k ON k.id = h.class
                       WHERE h.pupil = e.pupil AND h.school = e.school AND h.kind = 'HOME' AND k.kind = 'HOMEROOM'
                           AND h.known_until = $4 AND h.begins <= $3 AND h.ends >= $2 ORDER BY h.begins DESC, h.id LIMIT 1) AS grade,
                   e.ends,
                   EXISTS (SELECT 1 FROM enrolment o JOIN class k ON k.id = o.class
                       WHERE o.pupil = e.pupil AND o.school = e.school AND o.kind = 'HOME' AND k.kind = 'HOMEROOM'
                           AND o.class <> e.class AND o.known_until = $4 AND o.begins > e.begins AND o.begins > e.ends
                           AND o.begins <= $3) AS elsewhere
               FROM enrolment e JOIN pupil p ON p.id = e.pupil
               WHERE e.class = $1 AND e.kind = 'HOME' AND e.known_until = $4 AND e.begins <= $3 AND e.ends >= $2
               ORDER BY e.ends DESC, e.id";
    let mut members: Vec<Member> = on!(scope.read(), c => sqlx::query_as(sql).bind(class.id).bind(term.begins)
        .bind(term.until(scope.today())).bind(not_replaced()).fetch_all(c).await?);
    members.iter_mut().for_each(|member| member.name = pupil::told(scope, member.protected, std::mem::take(&mut member.name)));
    // Who came back stands there once, with the later place.
    let mut seen = HashSet::new();
    members.retain(|member| seen.insert(member.pupil));
    members.sort_by_key(|member| (member.number.unwrap_or(i32::MAX), member.pupil));
    Ok(members)
}
