//! Starts a nats-server for a test.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::kit::TIMEOUT;
use crate::port;

/// Allows messages with the largest bodies of the receiver and their headers.
pub(crate) const LARGE: &str = "max_payload: 9MB";

/// A nats-server with a JetStream in a temporary directory.
pub(crate) struct Broker {
    child: Child,
    port: u16,
    directory: TempDir,
}

impl Broker {
    /// Returns `None`, and prints `SKIPPED`, if no nats-server is installed.
    pub(crate) fn start(configuration: &str) -> Option<Self> {
        let port = port::free();
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("conf"), configuration).unwrap();
        let child = match run(port, directory.path()) {
            Ok(child) => child,
            Err(error) if error.kind() == ErrorKind::NotFound => return skip_without_server(),
            Err(error) => panic!("{error}"),
        };
        let broker = Self { child, port, directory };
        broker.wait_until_ready();
        Some(broker)
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts the server again with its stored data.
    pub(crate) fn restart(&mut self) {
        self.child = run(self.port, self.directory.path()).unwrap();
        self.wait_until_ready();
    }

    fn wait_until_ready(&self) {
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(started.elapsed() < TIMEOUT, "nats-server does not accept connections");
            sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// A URL with a host name, for a certificate.
    pub(crate) fn tls_url(&self) -> String {
        format!("tls://localhost:{}", self.port)
    }
}

fn run(port: u16, directory: &Path) -> io::Result<Child> {
    let mut command = Command::new("nats-server");
    command.args(["--addr", "127.0.0.1", "--port", &port.to_string(), "--jetstream", "--store_dir"]).arg(directory);
    command.arg("--config").arg(directory.join("conf")).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
}

pub(crate) fn skip_without_server<T>() -> Option<T> {
    // The test harness hides the output of `eprintln!` while the test passes.
    let _ignored = writeln!(io::stderr(), "SKIPPED: no nats-server is installed, which this test needs");
    None
}

impl Drop for Broker {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ignored = self.child.kill();
        let _ignored = self.child.wait();
    }
}
