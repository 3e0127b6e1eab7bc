//! A receiver and a sender, each in a process of its own.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use kustomer_webhooks::{SIGNATURE_HEADER, sign};
use serde_json::Value;
use tempfile::TempDir;

use crate::port;

pub(crate) const TOKEN: &str = "the-webhook-token";
/// Only to end a test that would hang: nothing is measured by it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// Notes the id of each event that it is given.
pub(crate) const NOTE: &str = r#"echo "$KUSTOMER_EVENT_ID" >> handled"#;

pub(crate) fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kustomer-webhooks"));
    command.args(arguments).current_dir(directory).env("KUSTOMER_WEBHOOK_TOKEN", TOKEN);
    command
}

/// The status of the answer to this request.
pub(crate) fn ask(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split_whitespace().nth(1).unwrap_or_default().to_owned()
}

/// A directory with an inbox in it, and a port to receive at.
pub(crate) struct Place {
    directory: TempDir,
    pub(crate) port: u16,
    /// The certificates to trust, in place of the system's.
    pub(crate) trusted: Option<PathBuf>,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap(), port: port::free(), trusted: None }
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Starts a receiver, and waits until it says that it listens.
    pub(crate) fn serve(&self, arguments: &[&str]) -> Serving {
        self.serve_logging(arguments, Stdio::null())
    }

    /// The same, with its log written there.
    pub(crate) fn serve_logging(&self, arguments: &[&str], log: Stdio) -> Serving {
        let address = format!("127.0.0.1:{}", self.port);
        let mut command = command(self.path(), &["serve", "--json", "--listen", &address]);
        if !arguments.contains(&"--inbox") {
            command.args(["--inbox", "inbox.sqlite"]);
        }
        // One that is still on its way when a test ends the receiver would be counted as pending.
        if !arguments.contains(&"--canary") {
            command.args(["--canary", "0s"]);
        }
        command.envs(self.trusted.iter().map(|file| ("SSL_CERT_FILE", file)));
        let mut child = command.args(arguments).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let started = Serving::line(&mut said);
        assert_eq!(started["listening"], address.as_str());
        Serving { child, said: Some(said), started }
    }

    /// Posts this, signed. The status of the answer.
    pub(crate) fn post(&self, body: &str) -> String {
        let signature = sign(TOKEN, body.as_bytes()).unwrap();
        let (header, length) = (SIGNATURE_HEADER, body.len());
        let head = format!("POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n{header}: {signature}\r\n");
        ask(&format!("127.0.0.1:{}", self.port), &format!("{head}content-length: {length}\r\n\r\n{body}"))
    }

    /// Starts to send events there; with `--json`, and ids in the file `acknowledged`.
    pub(crate) fn sim(&self, arguments: &[&str]) -> Child {
        self.sim_at(&format!("http://127.0.0.1:{}/", self.port), arguments)
    }

    /// The same, to another URL.
    pub(crate) fn sim_at(&self, url: &str, arguments: &[&str]) -> Child {
        let mut command = command(self.path(), &["sim", url, "--json", "--acknowledged", "acknowledged"]);
        command.envs(self.trusted.iter().map(|file| ("SSL_CERT_FILE", file)));
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// The ids that were acknowledged, each with its kind.
    pub(crate) fn acknowledged(&self) -> BTreeMap<String, String> {
        let text = fs::read_to_string(self.file("acknowledged")).unwrap();
        let fields = text.lines().map(|line| line.split_once('\t').unwrap());
        fields.map(|(id, kind)| (id.to_owned(), kind.to_owned())).collect()
    }

    /// How often each event was handled.
    pub(crate) fn handled(&self) -> BTreeMap<String, u32> {
        let mut handled = BTreeMap::new();
        for id in fs::read_to_string(self.file("handled")).unwrap_or_default().lines() {
            *handled.entry(id.to_owned()).or_default() += 1;
        }
        handled
    }

    pub(crate) fn inbox(&self, arguments: &[&str]) -> Output {
        command(self.path(), &["inbox", "--json"]).args(arguments).output().unwrap()
    }

    /// Whether the process group lives whose number a command wrote into the file `group`.
    pub(crate) fn group_lives(&self) -> bool {
        let group = fs::read_to_string(self.file("group")).unwrap_or_default();
        let asked = Command::new("kill").args(["-0", "--", &format!("-{}", group.trim())]).output();
        !group.is_empty() && asked.unwrap().status.success()
    }

    pub(crate) fn until(&self, condition: impl Fn() -> bool) {
        let started = Instant::now();
        while !condition() {
            assert!(started.elapsed() < PATIENCE, "it does not come about, in {}", self.path().display());
            sleep(Duration::from_millis(20));
        }
    }

    /// Waits until nothing is pending, and says what is there then.
    pub(crate) fn settled(&self, arguments: &[&str]) -> Value {
        let started = Instant::now();
        loop {
            let listed = json(&self.inbox(&[&["ls", "--most", "100000"], arguments].concat()));
            if listed["pending"] == 0 {
                return listed;
            }
            assert!(started.elapsed() < PATIENCE, "{listed}");
            sleep(Duration::from_millis(50));
        }
    }
}

pub(crate) struct Serving {
    child: Child,
    said: Option<BufReader<ChildStdout>>,
    /// What it said when it listened.
    pub(crate) started: Value,
}

impl Serving {
    fn line(said: &mut BufReader<ChildStdout>) -> Value {
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: &str) {
        let id = self.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
    }

    /// Asks it to end; it has 30 seconds. Says what it says at its end.
    pub(crate) fn terminate(self) -> Value {
        let asked = Instant::now();
        self.signal("TERM");
        let ended = self.ended();
        assert!(asked.elapsed() < Duration::from_secs(30));
        ended
    }

    /// Waits for it to end well, and says what it says then.
    pub(crate) fn ended(mut self) -> Value {
        let ended = Self::line(self.said.as_mut().expect("it is read"));
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "{ended}");
        ended
    }

    /// What it says from now on nobody reads.
    pub(crate) fn read_no_more(&mut self) {
        self.said = None;
    }

    /// Asks it to end, and says how it does.
    pub(crate) fn terminate_unheard(mut self) -> Option<i32> {
        self.signal("TERM");
        self.child.wait().unwrap().code()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already.
        let _dead = self.child.kill();
        let _waited = self.child.wait();
    }
}

/// What a simulation reports, and its exit code.
pub(crate) fn report(sim: Child) -> (Value, Option<i32>) {
    let output = sim.wait_with_output().unwrap();
    (json(&output), output.status.code())
}

pub(crate) fn json(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text:?} {output:?}"))
}
