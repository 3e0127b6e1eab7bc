//! The conformance tests against a real nats-server. Without one, they print `SKIPPED`.

mod core;
mod jetstream;

use std::process::Command;
use std::time::Duration;

use asyncapi_transport::Credentials;
use asyncapi_transport_conformance::{BrokerProcess, free_port};
use asyncapi_transport_nats::Nats;
use tempfile::TempDir;

/// A nats-server with a directory for its streams.
struct Server {
    process: BrokerProcess,
    _directory: TempDir,
}

impl Server {
    async fn start() -> Option<Self> {
        let (port, directory) = (free_port(), tempfile::tempdir().unwrap());
        let mut command = Command::new("nats-server");
        command.args(["--addr", "127.0.0.1", "--port", &port.to_string(), "--jetstream", "--store_dir"]);
        command.arg(directory.path());
        let process = BrokerProcess::start(command, port).await?;
        Some(Self { process, _directory: directory })
    }

    async fn connect(&self) -> Nats {
        let url = format!("nats://127.0.0.1:{}", self.process.port());
        Nats::connect(&url, Credentials::None).await.unwrap().with_timeout(Duration::from_secs(1))
    }
}
