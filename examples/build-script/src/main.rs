//! Code for both sides of one document, with messages over a real NATS server.
//!
//! `cargo run -p lamps-example` uses the server at `NATS_URL`, or starts the installed `nats-server`. Without both, it prints
//! `skipped` and ends.

mod broker;

use std::error::Error;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use asyncapi_runtime::{Context, HandlerError};
use asyncapi_transport_nats::Nats;
use tokio::sync::Notify;

use crate::application::channels::Reports as ReportsAddress;

/// The generated code of the lamps.
mod application {
    #![allow(missing_docs, unreachable_pub, dead_code, clippy::pedantic)]
    include!(concat!(env!("OUT_DIR"), "/application.rs"));
}

/// The generated code of the clients of the lamps.
mod client {
    #![allow(missing_docs, unreachable_pub, dead_code, clippy::pedantic)]
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}

/// The time limit of each step.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The lamps: they handle commands, and send reports.
struct Lamps {
    publisher: application::Publisher<Nats>,
}

impl application::Handler for Lamps {
    async fn switch_lamp(
        &self,
        event: application::Switch,
        _: &Context<'_>,
    ) -> Result<application::Switched, HandlerError> {
        println!("{} is {}", event.lamp, if event.lit { "lit" } else { "dark" });
        let report = application::Report::new(if event.lit { 4.5 } else { 0.0 });
        self.publisher.on_report(&ReportsAddress { lamp: event.lamp }, &report).await?;
        Ok(application::Switched::new(event.lit))
    }
}

/// A client that receives the reports.
struct Accountant {
    has_report: Arc<Notify>,
}

impl client::Handler for Accountant {
    async fn on_report(&self, event: client::Report, cx: &Context<'_>) -> Result<(), HandlerError> {
        let address: client::channels::Reports = cx.channel().unwrap_or_default().parse()?;
        println!("{} draws {} W", address.lamp, event.watts);
        self.has_report.notify_one();
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let Some(broker) = broker::find().await? else {
        println!("skipped: no NATS_URL is set, and nats-server is not installed");
        return Ok(());
    };
    let nats = broker.connect().await?;

    let lamps = Lamps { publisher: application::Publisher::new(nats.clone()) };
    let lamps = nats.consumer(application::Dispatcher::new(lamps, nats.clone())).await?;
    let has_report = Arc::new(Notify::new());
    let accountant = Accountant { has_report: Arc::clone(&has_report) };
    let accountant = nats.consumer(client::Dispatcher::new(accountant)).await?;

    tokio::spawn(lamps.run(pending()));
    let switched = switch_on(nats).await?;
    tokio::time::timeout(TIMEOUT, accountant.run(has_report.notified())).await?;
    println!("the reply: lit = {}", switched.lit);
    if switched.lit { Ok(()) } else { Err("the lamp stayed dark".into()) }
}

/// Sends a command, and waits for the reply.
async fn switch_on(nats: Nats) -> Result<client::Switched, Box<dyn Error>> {
    let command = client::Switch::new("hall", true);
    Ok(client::Requester::new(nats).switch_lamp(&command).await?)
}
