//! The program: its commands run to their end, and a server that is started, killed and stopped.
use std::fs::{File, OpenOptions};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

/// The program under trial.
#[derive(Clone)]
pub(crate) struct Program {
    pub path: PathBuf,
    /// Where servers log.
    pub log: PathBuf,
}

/// A server that runs.
pub(crate) struct Server {
    child: Child,
    url: String,
}

impl Program {
    fn command(&self, database: &str, words: &[&str]) -> Command {
        let mut command = Command::new(&self.path);
        command.args(words).env("DATABASE_URL", database).env("ASAGAO_LOG", "warn").stdin(Stdio::null());
        command
    }

    /// Starts a command.
    pub(crate) fn start(&self, database: &str, words: &[&str]) -> Child {
        let mut command = self.command(database, words);
        command.stdout(Stdio::null()).stderr(self.log()).spawn().expect("the program can be started")
    }

    /// Runs a command; what it says, and whether it ended well.
    pub(crate) async fn output(&self, database: &str, words: &[&str]) -> Output {
        let mut command = self.command(database, words);
        let run = tokio::task::spawn_blocking(move || command.output()).await;
        run.expect("a thread").expect("the program can be started")
    }

    /// Runs a command that has to end well; what it prints.
    pub(crate) async fn run(&self, database: &str, words: &[&str]) -> String {
        let output = self.output(database, words).await;
        assert!(output.status.success(), "asagao {words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Starts a command that cannot write files of more than so many KiB, nor its log at all.
    pub(crate) fn confined(&self, database: &str, words: &[&str], most: u64) -> Child {
        let mut command = Command::new("bash");
        // A write beyond it is an error and no signal.
        command.args(["-c", &format!("trap '' XFSZ; ulimit -f {most}; exec \"$@\""), "bash"]).arg(&self.path).args(words);
        let full = OpenOptions::new().write(true).open("/dev/full").expect("Linux has a device that is full");
        command.env("DATABASE_URL", database).env("ASAGAO_LOG", "warn").stdin(Stdio::null()).stdout(Stdio::null()).stderr(full);
        command.spawn().expect("bash can be started")
    }

    /// Starts a server on a port, and waits until it is ready; `most`: the most KiB that it may write to a file.
    pub(crate) async fn serve(&self, database: &str, port: u16, most: Option<u64>) -> Server {
        let (listen, url) = (format!("127.0.0.1:{port}"), format!("http://127.0.0.1:{port}"));
        let words = ["serve", "--listen", &listen, "--rate", "off", "--rate-address", "off", "--analyze-at", "off"];
        let child = match most {
            Some(most) => self.confined(database, &words, most),
            None => self.start(database, &words),
        };
        let mut server = Server { child, url };
        server.ready(&self.log).await;
        server
    }

    fn log(&self) -> File {
        OpenOptions::new().create(true).append(true).open(&self.log).expect("a log can be written")
    }
}

impl Server {
    /// Waits until it is ready.
    pub(crate) async fn ready(&mut self, log: &Path) {
        let http = reqwest::Client::new();
        for _ in 0..6_000 {
            let answer = http.get(format!("{}/readyz", self.url)).timeout(Duration::from_secs(10)).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            if let Some(ended) = self.child.try_wait().expect("the server can be waited for") {
                panic!("the server has ended with {ended}: see {}", log.display());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the server does not become ready: see {}", log.display());
    }

    /// Kills it as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("a server of ours can be killed");
        self.child.wait().expect("what was killed has ended");
    }

    /// Asks it to stop (SIGTERM) and waits; whether it ended well.
    pub(crate) async fn stop(&mut self) -> bool {
        signal("-TERM", self.child.id());
        loop {
            match self.child.try_wait().expect("the server can be waited for") {
                Some(ended) => return ended.success(),
                None => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Sends a signal to a process.
pub(crate) fn signal(name: &str, process: u32) {
    drop(Command::new("kill").args([name, &process.to_string()]).stderr(Stdio::null()).status());
}

/// A port that nobody has just now.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("the port is known").port()
}
