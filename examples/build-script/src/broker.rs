//! Finds or starts a NATS server.

use std::error::Error;
use std::io::ErrorKind;
use std::process::Stdio;
use std::time::Duration;

use asyncapi_transport::Credentials;
use asyncapi_transport_nats::Nats;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

/// A NATS server. If this program started it, it ends when this value is dropped.
pub(crate) struct Broker {
    url: String,
    _process: Option<Child>,
}

/// Uses the server at `NATS_URL`, or starts `nats-server` on a free loopback port. `None` if it is not installed.
pub(crate) async fn find() -> Result<Option<Broker>, Box<dyn Error>> {
    if let Ok(url) = std::env::var("NATS_URL") {
        return Ok(Some(Broker { url, _process: None }));
    }
    let port = TcpListener::bind(("127.0.0.1", 0)).await?.local_addr()?.port();
    let mut command = Command::new("nats-server");
    command.args(["--addr", "127.0.0.1", "--port", &port.to_string()]);
    match command.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn() {
        Ok(process) => Ok(Some(Broker { url: format!("nats://127.0.0.1:{port}"), _process: Some(process) })),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl Broker {
    /// Connects, and retries while the server starts.
    pub(crate) async fn connect(&self) -> Result<Nats, Box<dyn Error>> {
        let mut tries = 0;
        loop {
            match Nats::connect(&self.url, Credentials::None).await {
                Ok(nats) => return Ok(nats),
                Err(error) if tries == 50 => return Err(error.into()),
                Err(_) => tries += 1,
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
