//! Helpers that start a receiver and a simulated sender, each as a separate process.

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
/// Ends a test that would hang. It is not a measurement.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(60);
/// A command for `--exec` that appends the id of the event to the file `handled`.
pub(crate) const RECORD_ID: &str = r#"echo "$KUSTOMER_EVENT_ID" >> handled"#;

pub(crate) fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kustomer-webhooks"));
    command.args(arguments).current_dir(directory).env("KUSTOMER_WEBHOOK_TOKEN", TOKEN);
    command
}

/// Sends the request, and returns the status code of the response.
pub(crate) fn request_status(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(TIMEOUT)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response.split_whitespace().nth(1).unwrap_or_default().to_owned()
}

/// A temporary directory for an inbox, and a free port for the receiver.
pub(crate) struct Sandbox {
    directory: TempDir,
    pub(crate) port: u16,
    /// A file of certificates to trust instead of the system's.
    pub(crate) trusted: Option<PathBuf>,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap(), port: port::free(), trusted: None }
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Starts a receiver, and waits until it prints that it listens.
    pub(crate) fn serve(&self, arguments: &[&str]) -> Serving {
        self.serve_logging(arguments, Stdio::null())
    }

    /// Like `serve`, with the log written to `log`.
    pub(crate) fn serve_logging(&self, arguments: &[&str], log: Stdio) -> Serving {
        self.serve_in(&[], arguments, log)
    }

    /// Like `serve`, with these environment variables.
    pub(crate) fn serve_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Serving {
        self.serve_in(variables, arguments, Stdio::null())
    }

    fn serve_in(&self, variables: &[(&str, &str)], arguments: &[&str], log: Stdio) -> Serving {
        let address = format!("127.0.0.1:{}", self.port);
        let mut command = command(self.path(), &["serve", "--json", "--listen", &address]);
        if !arguments.contains(&"--inbox") {
            command.args(["--inbox", "inbox.sqlite"]);
        }
        // A canary that is stored when the test ends would be counted as pending.
        if !arguments.contains(&"--canary") {
            command.args(["--canary", "0s"]);
        }
        command.envs(self.trusted.iter().map(|file| ("SSL_CERT_FILE", file)));
        command.envs(variables.iter().copied());
        let mut child = command.args(arguments).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let started = Serving::read_json(&mut stdout);
        assert_eq!(started["listening"], address.as_str());
        Serving { child, stdout: Some(stdout), started }
    }

    /// Posts the body with a valid signature, and returns the status code of the response.
    pub(crate) fn post(&self, body: &str) -> String {
        let signature = sign(TOKEN, body.as_bytes()).unwrap();
        let (header, length) = (SIGNATURE_HEADER, body.len());
        let head = format!("POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n{header}: {signature}\r\n");
        request_status(&format!("127.0.0.1:{}", self.port), &format!("{head}content-length: {length}\r\n\r\n{body}"))
    }

    /// Starts a simulation with `--json` that writes the acknowledged ids to the file `acknowledged`.
    pub(crate) fn sim(&self, arguments: &[&str]) -> Child {
        self.sim_at(&format!("http://127.0.0.1:{}/", self.port), arguments)
    }

    /// Like `sim`, with another URL.
    pub(crate) fn sim_at(&self, url: &str, arguments: &[&str]) -> Child {
        let mut command = command(self.path(), &["sim", url, "--json", "--acknowledged", "acknowledged"]);
        command.envs(self.trusted.iter().map(|file| ("SSL_CERT_FILE", file)));
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// The acknowledged ids, each with its kind.
    pub(crate) fn acknowledged(&self) -> BTreeMap<String, String> {
        let text = fs::read_to_string(self.file("acknowledged")).unwrap();
        let fields = text.lines().map(|line| line.split_once('\t').unwrap());
        fields.map(|(id, kind)| (id.to_owned(), kind.to_owned())).collect()
    }

    /// How many times each event was handled.
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

    /// Whether the process group in the file `group` is alive. A command wrote its id there.
    pub(crate) fn group_lives(&self) -> bool {
        let group = fs::read_to_string(self.file("group")).unwrap_or_default();
        let output = Command::new("kill").args(["-0", "--", &format!("-{}", group.trim())]).output();
        !group.is_empty() && output.unwrap().status.success()
    }

    /// Polls until the condition is true.
    pub(crate) fn wait_until(&self, condition: impl Fn() -> bool) {
        let started = Instant::now();
        while !condition() {
            assert!(started.elapsed() < TIMEOUT, "the condition is not true in time, in {}", self.path().display());
            sleep(Duration::from_millis(20));
        }
    }

    /// Waits until no event is pending, and returns the list of events.
    pub(crate) fn wait_until_settled(&self, arguments: &[&str]) -> Value {
        let started = Instant::now();
        loop {
            let listed = json(&self.inbox(&[&["ls", "--most", "100000"], arguments].concat()));
            if listed["pending"] == 0 {
                return listed;
            }
            assert!(started.elapsed() < TIMEOUT, "{listed}");
            sleep(Duration::from_millis(50));
        }
    }
}

pub(crate) struct Serving {
    child: Child,
    stdout: Option<BufReader<ChildStdout>>,
    /// The JSON line that it printed when it listened.
    pub(crate) started: Value,
}

impl Serving {
    fn read_json(stdout: &mut BufReader<ChildStdout>) -> Value {
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
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

    /// Sends SIGTERM, and returns the last JSON line. The process must end within 30 seconds.
    pub(crate) fn terminate(self) -> Value {
        let started = Instant::now();
        self.signal("TERM");
        let ended = self.wait();
        assert!(started.elapsed() < Duration::from_secs(30));
        ended
    }

    /// Waits until it ends with exit code 0, and returns the last JSON line.
    pub(crate) fn wait(mut self) -> Value {
        let ended = Self::read_json(self.stdout.as_mut().expect("standard output is open"));
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "{ended}");
        ended
    }

    /// Closes the pipe of its standard output.
    pub(crate) fn close_output(&mut self) {
        self.stdout = None;
    }

    /// Sends SIGTERM, and returns the exit code.
    pub(crate) fn terminate_without_output(mut self) -> Option<i32> {
        self.signal("TERM");
        self.child.wait().unwrap().code()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ignored = self.child.kill();
        let _ignored = self.child.wait();
    }
}

/// Waits for a simulation, and returns its report and its exit code.
pub(crate) fn report(sim: Child) -> (Value, Option<i32>) {
    let output = sim.wait_with_output().unwrap();
    (json(&output), output.status.code())
}

/// The standard output of a command, as JSON.
pub(crate) fn json(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text:?} {output:?}"))
}
