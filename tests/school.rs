//! A school to test with: a fresh database, the real router, named people, a clock that stands still.
#![expect(clippy::missing_panics_doc, reason = "what goes wrong here is for the test to fail with")]
mod database;
mod elsewhere;
pub mod full_class;
mod listening;
mod package;
mod person;
mod snapshot;
mod visitor;

pub use elsewhere::Elsewhere;
pub use listening::{Heard, Listening};
pub use package::{
    ANA, AOI, BOARD, CLASS_4_1, CLASS_5_1, CLASS_5_2, HARUTO, HIBARINO, HUGO, KAEDE, LESSON, MARI, MINATO, MIZUUMI, Package, REN,
    SOTA, TSUMUGI, YUI, enrolment,
};
pub use person::{Answer, Person};
pub use snapshot::Snapshot;
pub use visitor::{Page, Visitor};

use asagao::nightly::Nightly;
use asagao::router::App;
use asagao::sign_in::SignIn;
use asagao_graphql::access::app;
use asagao_graphql::access::audit::verify::{self, Head, Verified};
use asagao_graphql::access::audit::{Audit, clear};
use asagao_graphql::access::class::{InformationClass, Mfa};
use asagao_graphql::access::client;
use asagao_graphql::access::duty::{self, Duty};
use asagao_graphql::access::right::Right;
use asagao_graphql::access::scope::Scope;
use asagao_graphql::access::session::{self, Proof};
use asagao_graphql::access::subject::{self, Claimed};
use asagao_graphql::access::token;
use asagao_graphql::clock::{Clock, new_id};
use asagao_graphql::db::Db;
use asagao_graphql::error::Result;
use asagao_graphql::jobs::demo::{self, Demo};
use asagao_graphql::jobs::recount;
use asagao_graphql::jobs::rerun;
use asagao_graphql::jobs::roster_export::{self, Exported, Wanted};
use asagao_graphql::jobs::roster_import::{self, Options, Report, RosterFinding};
use asagao_graphql::roster::guardian;
use asagao_graphql::roster::pupil;
use asagao_graphql::roster::staff::{self, Staff};
use asagao_graphql::wellbeing::consultation;
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use database::Database;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::OnceCell;
use tower::ServiceExt;
use uuid::Uuid;

/// When it is in every school: 8:20 on a Tuesday, before the first lesson.
pub const NOW: &str = "2026-11-24T08:20:00+09:00";
/// The school day of that.
pub const TODAY: &str = "2026-11-24";

/// A board with two schools.
pub struct School {
    /// The time there; `advance` moves it.
    pub clock: Clock,
    db: Db,
    audit: Audit,
    router: Router,
    /// Ids and tokens by name.
    people: BTreeMap<String, (Uuid, String)>,
    // Last, so that the connections are gone before it is.
    database: Database,
}

impl School {
    /// A database without anything in it, and its server.
    pub async fn empty() -> Self {
        static EMPTY: OnceCell<Snapshot> = OnceCell::const_new();
        let begin = async || School::migrated().await.into_snapshot().await;
        EMPTY.get_or_init(begin).await.school_at(Clock::at(time(NOW))).await
    }

    /// A new one: 朝霧市 with ひばり野小学校 (5年1組, 5年2組, a lesson) and みずうみ小学校 (4年1組).
    ///
    /// `ana` is the homeroom teacher of 5年2組, `hugo` the head of ひばり野, `mari` the head of みずうみ; the apps are `drill`, which
    /// may only post and share, and `portal`, which may do all that an app can, of ひばり野, and `stranger` of みずうみ.
    pub async fn open() -> Self {
        static USUAL: OnceCell<Snapshot> = OnceCell::const_new();
        let begin = async || School::usual().await.into_snapshot().await;
        USUAL.get_or_init(begin).await.school_at(Clock::at(time(NOW))).await
    }

    /// An empty one whose database is made by the migrations.
    async fn migrated() -> Self {
        let (clock, database) = (Clock::at(time(NOW)), Database::new());
        let db = Db::open(database.url(), true, clock.clone()).await.expect("a fresh database opens");
        db.migrate().await.expect("a fresh database can be brought up to date");
        School::of(database, db, clock, BTreeMap::new())
    }

    async fn usual() -> Self {
        let mut school = School::empty().await;
        let report = school.import(&Package::usual()).await;
        assert_eq!(report.problems, [], "the usual roster is right");
        for (name, id) in [("ana", package::ANA), ("hugo", package::HUGO), ("mari", package::MARI)] {
            school.know(name, id).await;
        }
        let posting = [Right::ActivityWrite, Right::AssignmentWrite];
        for (name, of, rights) in [
            ("drill", HIBARINO, posting.as_slice()),
            ("portal", HIBARINO, Right::OF_APPS.as_slice()),
            ("stranger", MIZUUMI, Right::OF_APPS.as_slice()),
        ] {
            school.register(name, of, rights).await;
        }
        school
    }

    /// Fills the database with a made-up town up to now.
    pub async fn fill_demo(&self, settings: demo::Settings) -> Result<Demo> {
        demo::fill(&self.db, settings, self.clock.now(), &|_| ()).await
    }

    /// Somebody by name.
    #[must_use]
    pub fn person(&self, name: &str) -> Person<'_> {
        let (id, secret) = self.people.get(name).unwrap_or_else(|| panic!("nobody here is called {name}"));
        Person { school: self, id: *id, secret: Some(secret.clone()) }
    }

    /// Somebody who is not signed in.
    #[must_use]
    pub fn nobody(&self) -> Person<'_> {
        Person { school: self, id: Uuid::nil(), secret: None }
    }

    /// Somebody with this token.
    #[must_use]
    pub fn bearer(&self, secret: &str) -> Person<'_> {
        Person { school: self, id: Uuid::nil(), secret: Some(secret.to_owned()) }
    }

    /// Takes on a member of staff with the duties that `duties` makes for the new id.
    pub async fn hire(&mut self, name: &str, duties: impl FnOnce(Uuid) -> Vec<Duty>) {
        let id = new_id();
        let person = Staff { id, name: name.into(), kana: String::new(), email: format!("{name}@asagiri.example") };
        staff::add(&self.operator(), &person, &duties(id)).await.expect("staff can be added");
        let secret = staff::issue_token(&self.operator(), &person.email, &[], self.in_days(90)).await;
        self.people.insert(name.into(), (id, secret.expect("a token for a member of staff")));
    }

    /// Gives a token to a member of staff of the roster.
    pub async fn know(&mut self, name: &str, id: Uuid) {
        let secret = staff::issue_token(&self.operator(), &id.to_string(), &[], self.in_days(90)).await;
        self.people.insert(name.into(), (id, secret.expect("a token for a member of staff")));
    }

    /// Registers an app of a school with a token that carries these rights.
    pub async fn register(&mut self, name: &str, of: Uuid, rights: &[Right]) {
        let app = app::register(&self.operator(), name, &[of], rights, self.in_days(90)).await;
        let (app, secret) = app.expect("an app of a school that is there");
        self.people.insert(name.into(), (app.id, secret));
    }

    /// A further token of a member of staff, narrowed to some rights, that holds for some days.
    pub async fn token(&self, name: &str, rights: &[Right], days: i64) -> String {
        let who = self.person(name).id.to_string();
        staff::issue_token(&self.operator(), &who, rights, self.in_days(days)).await.expect("a token for a member of staff")
    }

    /// A token of a pupil, which is their sign-in code.
    pub async fn pupil_token(&self, pupil: Uuid) -> String {
        pupil::issue_token(&self.operator(), pupil, self.in_days(90)).await.expect("a token for a pupil")
    }

    /// Notes a guardian of a pupil by the head and signs them in as `name`.
    pub async fn guardian(&mut self, name: &str, pupil: Uuid, standing: &str, in_household: bool) -> Uuid {
        let document = "mutation ($input: SaveGuardianInput!) { saveGuardian(input: $input) { guardianId userErrors { code field message } } }";
        let input = json!({ "pupilId": pupil, "familyName": name, "relation": "OTHER", "standing": standing, "inHousehold": in_household });
        let answer = self.person("hugo").ask(document, json!({ "input": input })).await;
        let id = answer.data("/saveGuardian/guardianId").as_str().expect("the head notes guardians").parse().expect("a UUID");
        let secret = guardian::issue_token(&self.operator(), id, self.in_days(90)).await.expect("a code for a guardian");
        self.people.insert(name.into(), (id, secret));
        id
    }

    /// Registers an app that asks for its tokens; its client id and its secret.
    pub async fn client(&self, name: &str, of: &[Uuid], rights: &[Right]) -> (Uuid, String) {
        let app = app::register_client(&self.operator(), name, of, rights).await;
        let (app, secret) = app.expect("an app of a school that is there");
        (app.id, secret)
    }

    /// A further secret of an app.
    pub async fn further_secret(&self, app: Uuid) -> Result<String> {
        client::issue_secret(&self.operator(), app).await
    }

    /// Ends every secret of an app; returns how many.
    pub async fn end_secrets(&self, app: Uuid) -> usize {
        client::revoke_secrets(&self.operator(), app).await.expect("secrets can be ended")
    }

    /// Shuts an app out; returns how many tokens it had.
    pub async fn shut_out(&self, app: Uuid) -> usize {
        app::revoke(&self.operator(), app).await.expect("an app can be shut out")
    }

    /// Deletes the tokens of apps that are over; returns how many.
    pub async fn clear_tokens(&self) -> u64 {
        client::clear(&self.operator()).await.expect("old tokens can go")
    }

    /// Revokes every token of somebody.
    pub async fn revoke(&self, name: &str) {
        token::revoke_all(&self.operator(), self.person(name).id).await.expect("tokens can be revoked");
    }

    /// Ends every duty of somebody with today.
    pub async fn end_duties(&self, name: &str) -> usize {
        duty::end_all(&self.operator(), self.person(name).id, self.clock.today()).await.expect("duties can be ended")
    }

    /// Brings a roster in and tells what it did.
    pub async fn import(&self, package: &Package) -> Report {
        self.import_as(package, &Options { file_name: "roster".into(), ..Options::default() }).await
    }

    /// Brings a roster in with something said beside it.
    pub async fn import_as(&self, package: &Package, options: &Options) -> Report {
        let folder = tempfile::tempdir().expect("a folder");
        package.write(folder.path());
        let report = roster_import::import(&self.operator(), folder.path(), options, &|_| ()).await;
        report.expect("a package can be brought in")
    }

    /// Brings a roster in as it lies there, in a file or a folder.
    pub async fn import_file(&self, package: &Path) -> Report {
        let report = roster_import::import(&self.operator(), package, &Options::default(), &|_| ()).await;
        report.expect("a package can be brought in")
    }

    /// Why a package cannot be read at all.
    pub async fn refusal_of(&self, package: &Package) -> Vec<RosterFinding> {
        let report = self.import(package).await;
        assert_eq!(report.state, "FAILED", "the package was read");
        report.problems
    }

    /// Reads a roster without changing anything and gives the import's id.
    pub async fn preview(&self, package: &Package) -> Uuid {
        let folder = tempfile::tempdir().expect("a folder");
        package.write(folder.path());
        let import = roster_import::preview(&self.operator(), folder.path(), &Options::default(), &|_| ()).await;
        import.expect("a package can be read")
    }

    /// Gives the roster away as a package: whoever runs the server, or somebody by name.
    #[expect(clippy::disallowed_methods, reason = "a test asks past the server")]
    pub async fn export(&self, who: Option<&str>, wanted: Wanted) -> Result<(Vec<u8>, Exported)> {
        let scope = match who {
            Some(name) => {
                let viewer = token::viewer(&self.db, self.code(name)).await?.expect("a token that holds");
                Scope::new(self.db.clone(), viewer)
            }
            None => self.operator(),
        };
        let (package, exported) = roster_export::write(&scope, wanted, Cursor::new(Vec::new())).await?;
        Ok((package.into_inner(), exported))
    }

    /// How many records a package would change.
    pub async fn difference_of(&self, package: &Path) -> usize {
        let import = roster_import::preview(&self.operator(), package, &Options::default(), &|_| ()).await;
        let report = roster_import::previewed(&self.operator(), import.expect("a package can be read")).await.expect("a report");
        assert_eq!(report.problems, []);
        report
            .counts
            .iter()
            .map(|of| of.new + of.changed + of.leaving + of.returning + of.conflicts + of.unmatched + of.kept)
            .sum()
    }

    /// What a pupil did by day and class, as the head of the pupil's school sees it.
    pub async fn totals(&self, pupil: Uuid, from: &str, to: &str) -> Vec<Value> {
        let head = if pupil == SOTA { "mari" } else { "hugo" };
        let document = "query ($id: ID!, $from: Date!, $to: Date!) { pupil(id: $id) { dailyTotals(from: $from, to: $to) {
            day classId activities interactions durationSeconds atHome material quiz assignment discussion portal tool } } }";
        let answer = self.person(head).ask(document, json!({ "id": pupil, "from": from, "to": to })).await;
        answer.data("/pupil/dailyTotals").as_array().expect("a list").clone()
    }

    /// The sum of a field of a pupil's totals over the school year.
    pub async fn sum(&self, pupil: Uuid, field: &str) -> i64 {
        let totals = self.totals(pupil, "2026-04-01", "2027-03-31").await;
        totals.iter().map(|total| total[field].as_i64().expect("a whole number")).sum()
    }

    /// Has a run of an analysis again and tells what differs; `None` where there is no such run.
    pub async fn rerun(&self, run: Uuid) -> Option<Vec<String>> {
        let again = rerun::rerun(&self.operator(), run).await.expect("a run can be had again")?;
        Some(again.differences)
    }

    /// One more server of this database, of which the nightly analysis alone is asked.
    #[must_use]
    pub fn nightly(&self, at: &str) -> Nightly {
        Nightly::new(at.parse().expect("a time of the day, or off"), self.db.clone())
    }

    /// Recounts the totals, which mends them, and tells how many had been wrong.
    pub async fn recount(&self) -> usize {
        recount::recount(&self.operator()).await.expect("totals can be recounted").differences.len()
    }

    /// What `asagao quality` prints.
    pub async fn quality(&self, asked: &asagao::config::Quality) -> std::result::Result<Value, String> {
        let report = asagao::command::quality::report(&self.operator(), asked).await.map_err(|failure| failure.to_string())?;
        Ok(serde_json::to_value(report).expect("JSON"))
    }

    /// Runs a statement behind everybody's back: only for what nobody can do by the API, such as breaking a total.
    pub async fn tamper(&self, sql: &'static str) {
        self.database.execute(sql).await;
    }

    /// The address of the database, for commands.
    #[must_use]
    pub fn database_url(&self) -> &str {
        self.database.url()
    }

    /// Brings the database up to date again.
    pub async fn migrate(&self) {
        self.db.migrate().await.expect("the database can be brought up to date");
    }

    /// Runs statements that bring in more than anybody could by the API; `ID(kind, n)`, `DAY(text)` and `AT(text)` stand for ids and times.
    pub async fn execute_many(&self, statements: &[String]) {
        self.database.execute_many(statements).await;
    }

    /// How the database would answer a statement, as it says itself.
    pub async fn explain(&self, sql: &str) -> String {
        self.database.explain(sql).await
    }

    /// The tables of the database.
    pub async fn tables(&self) -> Vec<String> {
        self.database.tables().await
    }

    /// Where in the whole database a text stands, as `table.column`.
    pub async fn holding(&self, text: &str) -> Vec<String> {
        self.database.holding(text).await
    }

    /// How many rows of a table a condition holds for.
    pub async fn count(&self, table: &str, condition: &str) -> i64 {
        self.database.count(table, condition).await
    }

    /// The ids that a statement with one parameter finds.
    pub async fn ids(&self, sql: &'static str, of: Uuid) -> Vec<Uuid> {
        self.database.ids(sql, of).await
    }

    /// Waits until the access log is written.
    pub async fn settle(&self) {
        self.audit.settle().await;
    }

    /// Sends a request to the server as it is.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        Answer::of(self.raw(request).await).await
    }

    /// Sends a request to the server and gives the answer as it comes, its body not read.
    pub async fn answer(&self, request: Request<Body>) -> Response {
        self.raw(request).await
    }

    pub(crate) async fn raw(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.expect("the router always answers")
    }

    /// A browser at which nobody has signed in.
    #[must_use]
    pub fn visitor(&self) -> Visitor<'_> {
        Visitor::new(self)
    }

    /// A browser at which somebody has signed in.
    pub async fn visitor_as(&self, name: &str) -> Visitor<'_> {
        let mut visitor = self.visitor();
        visitor.enter(self.code(name)).await;
        visitor
    }

    /// A browser at which somebody has signed in by a provider, with one factor or more; `None` where they are not let in.
    pub async fn visitor_by(&self, provider: &str, holder: Uuid, mfa: bool) -> Option<Visitor<'_>> {
        let proof = Proof { way: provider, mfa, at: self.clock.now(), device: "Chromebook・Chrome" };
        let opened = session::enter(&self.db, holder, &proof, None).await.expect("the database answers")?;
        let mut visitor = self.visitor();
        visitor.keep("asagao_session", &opened.secret);
        Some(visitor)
    }

    /// Says who somebody is at a provider.
    pub async fn put_subject(&self, holder: Uuid, provider: &str, subject: &str) -> std::result::Result<bool, String> {
        subject::put(&self.operator(), holder, provider, subject).await.map_err(|error| error.to_string())
    }

    /// Whom a provider means.
    pub async fn claimed(&self, claimed: Claimed<'_>) -> Option<Uuid> {
        subject::holder(&self.db, claimed).await.expect("the database answers")
    }

    /// The code that somebody signs in with: the token.
    #[must_use]
    pub fn code(&self, name: &str) -> &str {
        &self.people.get(name).unwrap_or_else(|| panic!("nobody here is called {name}")).1
    }

    /// Lets consultations go on that wait for too long, as the server does every minute; returns how many did.
    pub async fn pass_on(&self) -> usize {
        consultation::pass_on(&self.operator()).await.expect("consultations can go on")
    }

    /// Deletes consultations that are over for long; returns how many.
    pub async fn clear_consultations(&self) -> u64 {
        consultation::clear(&self.operator()).await.expect("old consultations can go")
    }

    /// The same school behind a server with other settings.
    pub fn serve(&mut self, with: impl FnOnce(App) -> App) {
        let app = with(App::new(self.db.clone(), true));
        self.audit = app.audit.clone();
        self.router = asagao::router(app);
    }

    /// What the access log has of somebody, once all of it is written: the entries' texts in their order.
    pub async fn access_entries(&self, holder: Uuid) -> Vec<Value> {
        self.audit.settle().await;
        let texts = self.database.texts("SELECT content FROM access_entry WHERE holder = $1 ORDER BY at, seq", holder).await;
        texts.iter().map(|text| serde_json::from_str(text).expect("an entry is JSON")).collect()
    }

    /// Checks the access log, with ends that were kept.
    pub async fn verify_access_log(&self, kept: &[Head]) -> Verified {
        self.audit.settle().await;
        verify::verify(&self.operator(), kept).await.expect("the access log can be checked")
    }

    /// The ends of the access log's chains.
    pub async fn access_heads(&self) -> Vec<Head> {
        self.audit.settle().await;
        verify::heads(&self.operator()).await.expect("the ends can be read")
    }

    /// Erases what the access log says of the time before now; returns how many entries.
    pub async fn clear_access_log(&self) -> u64 {
        self.audit.settle().await;
        clear::clear(&self.operator(), self.clock.now()).await.expect("old entries can go")
    }

    /// The same school, whose staff need more than one factor from a class of information on, behind a server with these providers.
    pub fn require_mfa(&mut self, from: InformationClass, fields: &[&str], sign_in: SignIn) {
        let fields = fields.iter().map(|field| ((*field).to_owned(), InformationClass::One)).collect();
        let mfa = Mfa::new(from, BTreeMap::new(), fields).expect("nothing is lowered");
        self.db = self.db.clone().with_mfa(Some(mfa.clone()));
        let sign_in = Arc::new(SignIn { mfa: Some(mfa), ..sign_in });
        self.serve(|app| App { sign_in, ..app });
    }

    /// The database cannot be reached any more.
    pub async fn lose_database(&self) {
        self.db.close().await;
    }

    fn operator(&self) -> Scope {
        Scope::operator(self.db.clone(), "test")
    }

    fn in_days(&self, days: i64) -> DateTime<Utc> {
        self.clock.now() + TimeDelta::days(days)
    }
}

/// A time from its text.
#[must_use]
pub fn time(text: &str) -> DateTime<Utc> {
    text.parse().expect("an RFC 3339 time")
}

/// The id that an app gave to its n-th activity or assignment.
#[must_use]
pub fn nth(n: u64) -> Uuid {
    Uuid::from_u128(0xac71_0000_0000_7000_8000_0000_0000_0000 + u128::from(n))
}

/// The n-th activity of a pupil: a question answered in 5年2組 ten minutes ago.
#[must_use]
pub fn activity(n: u64, pupil: Uuid) -> Value {
    json!({
        "id": nth(n),
        "pupilId": pupil,
        "classId": CLASS_5_2,
        "verb": "ANSWERED",
        "objectId": "https://drill.example/fractions/1",
        "objectKind": "QUESTION",
        "occurredAt": "2026-11-24T08:10:00+09:00",
    })
}

/// A record with some fields set otherwise; a field set to null is left out.
#[must_use]
pub fn with(mut record: Value, fields: Value) -> Value {
    let Value::Object(fields) = fields else { panic!("the fields are an object") };
    let object = record.as_object_mut().expect("a record is an object");
    for (name, value) in fields {
        match value {
            Value::Null => drop(object.remove(&name)),
            value => drop(object.insert(name, value)),
        }
    }
    record
}
