//! A nats-server of a test's own.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::kit::PATIENCE;
use crate::port;

/// Messages as large as the receiver's largest bodies, with their headers.
pub(crate) const LARGE: &str = "max_payload: 9MB";

/// A nats-server with a JetStream in a directory of its own.
pub(crate) struct Broker {
    child: Child,
    port: u16,
    directory: TempDir,
}

impl Broker {
    /// `None` where there is none, which is said.
    pub(crate) fn start(configuration: &str) -> Option<Self> {
        let port = port::free();
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("conf"), configuration).unwrap();
        let child = match run(port, directory.path()) {
            Ok(child) => child,
            Err(error) if error.kind() == ErrorKind::NotFound => return said_to_be_missing(),
            Err(error) => panic!("{error}"),
        };
        let broker = Self { child, port, directory };
        broker.until_it_answers();
        Some(broker)
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// With what it has kept.
    pub(crate) fn start_again(&mut self) {
        self.child = run(self.port, self.directory.path()).unwrap();
        self.until_it_answers();
    }

    fn until_it_answers(&self) {
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(started.elapsed() < PATIENCE, "nats-server does not answer");
            sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// By the name that a certificate can be for.
    pub(crate) fn tls_url(&self) -> String {
        format!("tls://localhost:{}", self.port)
    }
}

fn run(port: u16, directory: &Path) -> io::Result<Child> {
    let mut command = Command::new("nats-server");
    command.args(["--addr", "127.0.0.1", "--port", &port.to_string(), "--jetstream", "--store_dir"]).arg(directory);
    command.arg("--config").arg(directory.join("conf")).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
}

pub(crate) fn said_to_be_missing<T>() -> Option<T> {
    // Not by `eprintln!`, which the harness keeps to itself for as long as the test passes.
    let _unsaid =
        writeln!(io::stderr(), "SKIPPED: there is no nats-server on the path, so nothing was tested with one");
    None
}

impl Drop for Broker {
    fn drop(&mut self) {
        // It may have ended before.
        let _dead = self.child.kill();
        let _waited = self.child.wait();
    }
}
