//! Starts a cluster of three nats-servers with a JetStream for a test.

use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use std::{fs, io};

use async_nats::ServerAddr;
use async_nats::jetstream;
use tempfile::TempDir;

use crate::broker::{LARGE, skip_without_server};
use crate::kit::TIMEOUT;
use crate::port;

pub(crate) struct Cluster {
    nodes: Vec<Node>,
    _directory: TempDir,
}

struct Node {
    name: String,
    arguments: Vec<String>,
    port: u16,
    child: Child,
}

impl Cluster {
    /// Returns `None`, and prints `SKIPPED`, if no nats-server is installed or its version is too old.
    pub(crate) fn start() -> Option<Self> {
        supported_version()?;
        let directory = tempfile::tempdir().unwrap();
        let configuration = directory.path().join("conf");
        fs::write(&configuration, LARGE).unwrap();
        let ports: Vec<_> = (0..6).map(|_| port::free()).collect();
        let (clients, routes) = ports.split_at(3);
        let mut nodes = Vec::new();
        for (number, port) in clients.iter().enumerate() {
            let name = format!("node{number}");
            let arguments = arguments(&name, *port, number, routes, directory.path());
            match run(&arguments) {
                Ok(child) => nodes.push(Node { name, arguments, port: *port, child }),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return skip_without_server(),
                Err(error) => panic!("{error}"),
            }
        }
        Some(Self { nodes, _directory: directory })
    }

    /// The URLs of the three servers, as a value of `--inbox`.
    pub(crate) fn urls(&self) -> String {
        self.nodes.iter().map(Node::url).collect::<Vec<_>>().join(",")
    }

    /// Waits until the stream has a leader, kills that server and starts it again.
    pub(crate) fn kill_the_leader(&mut self, stream: &str) {
        let started = Instant::now();
        let leader = loop {
            if let Some(leader) = self.leader(stream) {
                break leader;
            }
            assert!(started.elapsed() < TIMEOUT, "the stream has no leader");
            sleep(Duration::from_millis(100));
        };
        let node =
            self.nodes.iter_mut().find(|node| node.name == leader).expect("the leader is one of the three servers");
        node.child.kill().unwrap();
        node.child.wait().unwrap();
        node.child = run(&node.arguments).unwrap();
    }

    fn leader(&self, stream: &str) -> Option<String> {
        let addresses: Vec<ServerAddr> = self.nodes.iter().map(|node| node.url().parse().unwrap()).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut context = jetstream::new(async_nats::connect(addresses).await.ok()?);
            context.set_timeout(Duration::from_secs(1));
            let stream = context.get_stream(stream).await.ok()?;
            stream.cached_info().cluster.clone()?.leader
        })
    }
}

impl Node {
    fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }
}

/// `None` for version 2.9, whose consumers can stop after a leader was killed.
fn supported_version() -> Option<()> {
    let output = match Command::new("nats-server").arg("--version").output() {
        Ok(output) => output,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return skip_without_server(),
        Err(error) => panic!("{error}"),
    };
    let version = String::from_utf8_lossy(&output.stdout).into_owned();
    if version.contains("v2.9.") {
        let _ignored =
            writeln!(io::stderr(), "SKIPPED: {} is too old for the tests that kill a leader", version.trim());
        return None;
    }
    Some(())
}

fn arguments(name: &str, port: u16, number: usize, routes: &[u16], directory: &Path) -> Vec<String> {
    let routes: Vec<_> = routes.iter().map(|port| format!("nats://127.0.0.1:{port}")).collect();
    let (store, configuration) = (directory.join(name).display().to_string(), directory.join("conf"));
    let arguments = [
        ["--addr", "127.0.0.1"],
        ["--port", &port.to_string()],
        ["--server_name", name],
        ["--cluster_name", "three"],
        ["--cluster", &routes[number]],
        ["--routes", &routes.join(",")],
        ["--store_dir", &store],
        ["--config", &configuration.display().to_string()],
    ];
    arguments.concat().into_iter().map(str::to_owned).collect()
}

fn run(arguments: &[String]) -> io::Result<Child> {
    let mut command = Command::new("nats-server");
    command.arg("--jetstream").args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for node in &mut self.nodes {
            // The process may have ended already.
            let _ignored = node.child.kill();
            let _ignored = node.child.wait();
        }
    }
}
