//! A cluster of three NATS servers.

use std::io::{ErrorKind, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use async_nats::jetstream;
use tempfile::TempDir;
use tokio::time::sleep;

use crate::port;
use crate::server::said_to_be_missing;

/// Three servers that form one JetStream cluster, each with its own directory.
pub(crate) struct Cluster {
    nodes: Vec<Node>,
    _directory: TempDir,
}

struct Node {
    name: String,
    arguments: Vec<String>,
    url: String,
    child: Child,
}

impl Cluster {
    /// Starts the servers. Prints `SKIPPED` and returns `None` if nats-server is missing or too old.
    pub(crate) fn start() -> Option<Self> {
        is_current()?;
        let directory = tempfile::tempdir().unwrap();
        let ports: Vec<_> = (0..6).map(|_| port::free()).collect();
        let (clients, routes) = ports.split_at(3);
        let routes: Vec<_> = routes.iter().map(|port| format!("nats://127.0.0.1:{port}")).collect();
        let mut nodes = Vec::new();
        for (number, port) in clients.iter().enumerate() {
            let name = format!("node{number}");
            let store = directory.path().join(&name).display().to_string();
            let (port, all) = (port.to_string(), routes.join(","));
            let arguments = [
                ["--addr", "127.0.0.1"],
                ["--port", &port],
                ["--server_name", &name],
                ["--cluster_name", "three"],
                ["--cluster", &routes[number]],
                ["--routes", &all],
                ["--store_dir", &store],
            ];
            let arguments: Vec<_> = arguments.concat().into_iter().map(str::to_owned).collect();
            match run(&arguments) {
                Ok(child) => nodes.push(Node { name, arguments, url: format!("nats://127.0.0.1:{port}"), child }),
                Err(error) if error.kind() == ErrorKind::NotFound => return said_to_be_missing(),
                Err(error) => panic!("{error}"),
            }
        }
        Some(Self { nodes, _directory: directory })
    }

    /// Opens a connection that switches to another server if its server ends.
    pub(crate) async fn jetstream(&self) -> jetstream::Context {
        let urls: Vec<async_nats::ServerAddr> = self.nodes.iter().map(|node| node.url.parse().unwrap()).collect();
        for _ in 0..1_000 {
            if let Ok(client) = async_nats::connect(urls.as_slice()).await {
                let mut context = jetstream::new(client);
                // The servers do not answer before they have formed the cluster.
                context.set_timeout(Duration::from_secs(1));
                return context;
            }
            sleep(Duration::from_millis(10)).await;
        }
        panic!("none of the servers answers");
    }

    /// Waits until the stream has a leader, kills the leader, and starts it again.
    pub(crate) async fn kill_the_leader(&mut self, context: &jetstream::Context, stream: &str) {
        let leader = loop {
            let stream = context.get_stream(stream).await;
            let cluster = stream.ok().and_then(|stream| stream.cached_info().cluster.clone());
            if let Some(leader) = cluster.and_then(|cluster| cluster.leader) {
                break leader;
            }
            sleep(Duration::from_millis(50)).await;
        };
        let node = self.nodes.iter_mut().find(|node| node.name == leader).expect("it is one of the three");
        node.start_again();
    }
}

impl Node {
    fn start_again(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.child = run(&self.arguments).unwrap();
    }
}

/// `None` for version 2.9 of the server: some of its consumers delivered nothing after a leader was killed.
fn is_current() -> Option<()> {
    let asked = match Command::new("nats-server").arg("--version").output() {
        Ok(asked) => asked,
        Err(error) if error.kind() == ErrorKind::NotFound => return said_to_be_missing(),
        Err(error) => panic!("{error}"),
    };
    let said = String::from_utf8_lossy(&asked.stdout).into_owned();
    if said.contains("v2.9.") {
        let _unsaid = writeln!(std::io::stderr(), "SKIPPED: {} is too old for three of them to be killed", said.trim());
        return None;
    }
    Some(())
}

fn run(arguments: &[String]) -> std::io::Result<Child> {
    let mut command = Command::new("nats-server");
    command.arg("--jetstream").args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for node in &mut self.nodes {
            let _dead = node.child.kill();
            let _waited = node.child.wait();
        }
    }
}
