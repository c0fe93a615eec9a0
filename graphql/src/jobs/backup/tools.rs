//! PostgreSQL's own programs: which of them fits, and running one for a connection, without its password in sight.
use super::{BackupError, Result};
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

/// One of PostgreSQL's programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tool {
    path: PathBuf,
    major: u32,
}

/// Where Debian has the programs of each version.
const VERSIONS: &str = "/usr/lib/postgresql";

impl Tool {
    /// Every version of a program that there is: the one on the PATH first.
    pub(super) fn all(name: &str) -> Result<Vec<Self>> {
        let folders = std::fs::read_dir(VERSIONS).into_iter().flatten().flatten();
        let paths = folders.map(|version| version.path().join("bin").join(name)).filter(|path| path.exists());
        let found: Vec<_> = std::iter::once(PathBuf::from(name)).chain(paths).filter_map(Tool::at).collect();
        if found.is_empty() {
            return Err(BackupError::new(format!(
                "{name} is neither on the PATH nor in {VERSIONS}/*/bin: install PostgreSQL's client programs (Debian: postgresql-client)"
            )));
        }
        Ok(found)
    }

    fn at(path: PathBuf) -> Option<Self> {
        let said = Command::new(&path).arg("--version").stdin(Stdio::null()).output().ok()?;
        let major = major(&String::from_utf8_lossy(&said.stdout))?;
        Some(Tool { path, major })
    }

    /// The one that fits to a server: of its version, or else of the next newer one.
    pub(super) fn for_server(name: &str, of: Vec<Self>, server: u32) -> Result<Self> {
        let newest = of.iter().map(|tool| tool.major).max().unwrap_or_default();
        let fits = of.into_iter().filter(|tool| tool.major >= server).min_by_key(|tool| tool.major);
        fits.ok_or_else(|| {
            BackupError::new(format!(
                "{name} is of version {newest} and the server of version {server}: install the client programs of version {server}"
            ))
        })
    }

    /// A call of it.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command.stdin(Stdio::null());
        command
    }

    /// A call of it for a database. What the connection needs stands in its environment and not in its command line, which others can read.
    pub(super) fn connected(&self, url: &str) -> Result<Command> {
        let options: PgConnectOptions = url.parse()?;
        let mut command = self.command();
        for name in ["PGSERVICE", "PGSERVICEFILE", "PGHOSTADDR", "PGOPTIONS"] {
            command.env_remove(name);
        }
        let host = options.get_socket().map_or_else(|| options.get_host().into(), |socket| socket.clone().into_os_string());
        command.env("PGHOST", host).env("PGPORT", options.get_port().to_string()).env("PGUSER", options.get_username());
        if let Some(options) = options.get_options() {
            command.env("PGOPTIONS", options);
        }
        // What sqlx has read from the address, its environment and the file of passwords.
        let mut read = options.to_url_lossy();
        for (name, variable) in
            [("sslmode", "PGSSLMODE"), ("sslrootcert", "PGSSLROOTCERT"), ("sslcert", "PGSSLCERT"), ("sslkey", "PGSSLKEY")]
        {
            if let Some((_, value)) = read.query_pairs().find(|(key, _)| key == name) {
                command.env(variable, value.as_ref());
            }
        }
        if let Some(query) = read.password().map(|password| format!("password={password}")) {
            read.set_query(Some(&query));
            if let Some((_, password)) = read.query_pairs().next() {
                command.env("PGPASSWORD", password.as_ref());
            }
        }
        let name = options.get_database().unwrap_or(options.get_username());
        command.arg("--no-password").arg(format!("--dbname=dbname='{}'", name.replace('\\', "\\\\").replace('\'', "\\'")));
        Ok(command)
    }
}

/// The version that a program says it is of.
fn major(said: &str) -> Option<u32> {
    let number = said.split_once(") ")?.1.split(|c: char| !c.is_ascii_digit()).next()?;
    number.parse().ok()
}

/// Runs a program to its end. Where the waiting is given up, it is ended, too.
pub(super) async fn run(name: &str, mut command: Command) -> Result<()> {
    let mut child =
        Running(command.stderr(Stdio::piped()).spawn().map_err(|error| BackupError::new(format!("{name}: {error}")))?);
    let mut errors = child.0.stderr.take();
    let said = std::thread::spawn(move || {
        let mut said = Vec::new();
        drop(errors.as_mut().map(|errors| errors.read_to_end(&mut said)));
        said
    });
    let ended = loop {
        match child.0.try_wait() {
            Ok(Some(ended)) => break ended,
            Ok(None) => tokio::time::sleep(Duration::from_millis(20)).await,
            Err(error) => return Err(BackupError::new(format!("{name}: {error}"))),
        }
    };
    check(name, ended, &said.join().unwrap_or_default())
}

/// What a program prints.
pub(super) async fn output(name: &'static str, mut command: Command) -> Result<String> {
    let printed = tokio::task::spawn_blocking(move || command.output()).await;
    let printed = printed.map_err(|error| BackupError::new(error.to_string()))?;
    let printed = printed.map_err(|error| BackupError::new(format!("{name}: {error}")))?;
    check(name, printed.status, &printed.stderr)?;
    Ok(String::from_utf8_lossy(&printed.stdout).into_owned())
}

fn check(name: &str, ended: ExitStatus, said: &[u8]) -> Result<()> {
    if ended.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(said);
    // Other lines may have rows in them.
    let lines: Vec<&str> = said.lines().filter(|line| line.starts_with(name) && !line.contains("warning:")).take(5).collect();
    let said = if lines.is_empty() { format!("{name} ended with {ended}") } else { lines.join("\n") };
    Err(BackupError::new(said))
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool(major: u32) -> Tool {
        Tool { path: PathBuf::from(format!("/{major}")), major }
    }

    #[test]
    fn a_program_of_the_servers_version_is_taken_or_of_the_next() {
        assert_eq!(major("pg_dump (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n"), Some(15));
        assert_eq!(major("pg_dump (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(major("nonsense"), None);
        let all = || vec![tool(18), tool(14), tool(15), tool(17)];
        assert_eq!(Tool::for_server("pg_dump", all(), 15).unwrap(), tool(15));
        assert_eq!(Tool::for_server("pg_dump", all(), 16).unwrap(), tool(17));
        let refused = Tool::for_server("pg_dump", all(), 19).unwrap_err().to_string();
        assert!(refused.contains("pg_dump is of version 18 and the server of version 19"), "{refused}");
    }

    #[test]
    fn the_password_is_in_no_command_line() {
        let url =
            "postgres://board:p%25a+s%26s%20w@db.example:5433/it%27s?sslmode=verify-full&options=-c%20search_path%3Dboard_7";
        let command = tool(15).connected(url).unwrap();
        let line: Vec<_> = command.get_args().map(|word| word.to_string_lossy().into_owned()).collect();
        assert_eq!(line, ["--no-password", "--dbname=dbname='it\\'s'"]);
        let set = |name: &str| {
            let found = command.get_envs().find(|(key, _)| *key == name).and_then(|(_, value)| value);
            found.map(|value| value.to_string_lossy().into_owned())
        };
        assert_eq!(set("PGPASSWORD").as_deref(), Some("p%a+s&s w"));
        assert_eq!((set("PGHOST").as_deref(), set("PGPORT").as_deref()), (Some("db.example"), Some("5433")));
        assert_eq!((set("PGUSER").as_deref(), set("PGSSLMODE").as_deref()), (Some("board"), Some("verify-full")));
        assert_eq!(set("PGOPTIONS").as_deref(), Some("-c search_path=board_7"));
    }
}
