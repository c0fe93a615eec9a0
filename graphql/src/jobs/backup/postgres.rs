//! PostgreSQL: its own programs copy the schema that the connection works in, as it is at one moment.
use super::part::Part;
use super::tools::{Tool, output, run};
use super::{BackupError, Restored, Result, fits, settle};
use crate::clock::Clock;
use crate::db::{Db, Engine, UpToDate};
use sqlx::{PgPool, Postgres, QueryBuilder};
use std::path::Path;

/// Copies the schema into the part. Others read and write meanwhile.
pub(super) async fn copy(db: &Db, url: &str, part: &Part) -> Result<()> {
    let pool = pool(db)?;
    let tool = Tool::for_server("pg_dump", Tool::all("pg_dump")?, server(pool).await?)?;
    let schema = schema(pool).await?;
    let mut command = tool.connected(url)?;
    // In quotes it is no pattern.
    command.arg("--format=custom").arg(format!("--schema={}", quoted(&schema))).stdout(part.file()?);
    run("pg_dump", command).await
}

/// Fills the schema, in one transaction, where it has nothing in it yet.
pub(super) async fn restore(url: &str, clock: Clock, backup: &Path) -> Result<Restored> {
    let tools = Tool::all("pg_restore")?;
    let (readers, taken_of) = readers(tools, backup).await?;
    let applied = applied(&readers, &taken_of, backup).await?;
    fits(UpToDate::of(&applied), backup)?;
    let db = Db::open(url, true, clock).await?;
    let pool = pool(&db)?;
    let tool = Tool::for_server("pg_restore", readers, server(pool).await?)?;
    let schema = schema(pool).await?;
    if schema != taken_of {
        return Err(BackupError::new(format!(
            "{} is of the schema {taken_of}, and this connection works in {schema}: a schema is restored under its own name \
             (?options=-c%20search_path%3D{taken_of})",
            backup.display()
        )));
    }
    let sql = "SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1";
    let there: i64 = sqlx::query_scalar(sql).bind(&schema).fetch_one(pool).await?;
    if there > 0 {
        return Err(BackupError::new(format!(
            "there is something in this database already (schema {schema}): name another one, which is made where it is missing"
        )));
    }
    let sql = "SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = $1";
    let made: i64 = sqlx::query_scalar(sql).bind(&schema).fetch_one(pool).await?;
    // Whoever owns a schema need not have the right to make one, which PostgreSQL asks for also where there is nothing to make.
    if made == 0 {
        QueryBuilder::<Postgres>::new("CREATE SCHEMA ").push(quoted(&schema)).build().execute(pool).await?;
    }
    let mut command = tool.connected(url)?;
    command.args(["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]);
    command.arg(format!("--schema={schema}")).arg(backup);
    run("pg_restore", command).await?;
    // A backup has no statistics, without which a large table is read by the wrong way.
    sqlx::query("ANALYZE").execute(pool).await?;
    let restored = settle(&db).await?;
    db.close().await;
    Ok(restored)
}

fn pool(db: &Db) -> Result<&PgPool> {
    match db.reader() {
        Engine::Postgres(pool) => Ok(pool),
        Engine::Sqlite(_) => Err(BackupError::new("the database is not PostgreSQL's")),
    }
}

/// The version of the server.
async fn server(pool: &PgPool) -> Result<u32> {
    let number: i32 = sqlx::query_scalar("SELECT CAST(current_setting('server_version_num') AS integer)").fetch_one(pool).await?;
    Ok(number.unsigned_abs() / 10_000)
}

/// The schema that the connection works in: the first of its `search_path`, which may be missing yet.
async fn schema(pool: &PgPool) -> Result<String> {
    let sql = "SELECT CAST(current_schema() AS text), current_setting('search_path'), CAST(current_user AS text)";
    let (there, path, user): (Option<String>, String, String) = sqlx::query_as(sql).fetch_one(pool).await?;
    Ok(there.unwrap_or_else(|| first_of(&path, &user)))
}

fn first_of(path: &str, user: &str) -> String {
    let first = path.split(',').next().unwrap_or_default().trim();
    let name = first.strip_prefix('"').and_then(|name| name.strip_suffix('"')).map(|name| name.replace("\"\"", "\""));
    let name = name.unwrap_or_else(|| first.to_owned());
    if name == "$user" { user.to_owned() } else { name }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The programs that can read a backup, and the schema that it is of.
async fn readers(tools: Vec<Tool>, backup: &Path) -> Result<(Vec<Tool>, String)> {
    let (mut readers, mut listed, mut refused) = (Vec::new(), None, None);
    for tool in tools {
        let mut command = tool.command();
        command.arg("--list").arg(backup);
        match output("pg_restore", command).await {
            Ok(list) => {
                listed = Some(list);
                readers.push(tool);
            }
            Err(error) => refused = Some(error),
        }
    }
    match (listed, refused) {
        (Some(list), _) => {
            let nothing = || BackupError::new(format!("{} has no records of Asagao in it", backup.display()));
            Ok((readers, list.lines().find_map(schema_of).ok_or_else(nothing)?))
        }
        (None, Some(error)) => Err(error),
        (None, None) => Err(BackupError::new("pg_restore is missing")),
    }
}

/// The table of migrations, which every database of Asagao has.
const MIGRATIONS: &str = "_sqlx_migrations";

/// The schema of the table of migrations, where a line of the contents is about it.
fn schema_of(line: &str) -> Option<String> {
    let (schema, _) = line.split_once(" TABLE ")?.1.split_once(&format!(" {MIGRATIONS} "))?;
    (!line.starts_with(';') && !schema.starts_with("DATA ")).then(|| schema.to_owned())
}

/// The migrations that had been applied when a backup was taken.
async fn applied(readers: &[Tool], schema: &str, backup: &Path) -> Result<Vec<i64>> {
    let Some(tool) = readers.first() else { return Ok(Vec::new()) };
    let mut command = tool.command();
    command.args(["--data-only", "--file=-"]).arg(format!("--schema={schema}")).arg(format!("--table={MIGRATIONS}")).arg(backup);
    Ok(versions(&output("pg_restore", command).await?))
}

/// The first column of the rows of a `COPY`.
fn versions(text: &str) -> Vec<i64> {
    let rows = text.lines().skip_while(|line| !line.starts_with("COPY ")).skip(1).take_while(|line| *line != "\\.");
    rows.filter_map(|row| row.split('\t').next()?.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_the_first_of_the_path() {
        assert_eq!(first_of("board_7, public", "board"), "board_7");
        assert_eq!(first_of("\"$user\", public", "board"), "board");
        assert_eq!(first_of("\"朝霧 \"\"市\"\"\"", "board"), "朝霧 \"市\"");
    }

    #[test]
    fn what_a_backup_is_of_is_read_from_its_contents() {
        let list = "; Archive created\n;\n217; 1259 16384 TABLE board 7 _sqlx_migrations postgres\n3500; 0 16384 TABLE DATA board 7 _sqlx_migrations postgres\n";
        assert_eq!(list.lines().filter_map(schema_of).collect::<Vec<_>>(), ["board 7"]);
        let rows =
            "SET x;\nCOPY public._sqlx_migrations (version, description) FROM stdin;\n1\troster\n58\tCOPY run\n\\.\n\n99\t\n";
        assert_eq!(versions(rows), [1, 58]);
    }
}
