//! Code for both sides of one document, with messages over a real NATS server.
//!
//! `cargo run -p lamps-example` uses the server at `NATS_URL`, or starts the installed `nats-server`. Without both, it prints
//! `skipped` and ends.

mod broker;
mod transport;

use std::error::Error;
use std::time::Duration;

use async_nats::{Message, Subscriber};
use asyncapi_runtime::{Context, Dispatch, HandlerError};
use futures_util::StreamExt;

use crate::application::channels::Reports as ReportsAddress;
use crate::transport::{Nats, inbound};

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
struct Accountant;

impl client::Handler for Accountant {
    async fn on_report(&self, event: client::Report, cx: &Context<'_>) -> Result<(), HandlerError> {
        let address: client::channels::Reports = cx.channel().unwrap_or_default().parse()?;
        println!("{} draws {} W", address.lamp, event.watts);
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let Some(broker) = broker::find().await? else {
        println!("skipped: no NATS_URL is set, and nats-server is not installed");
        return Ok(());
    };
    let nats = Nats::new(broker.connect().await?);

    let mut commands = nats.client().subscribe(application::channels::COMMANDS).await?;
    let lamps = Lamps { publisher: application::Publisher::new(nats.clone()) };
    let lamps = application::Dispatcher::new(lamps, nats.clone());
    let mut reports = nats.client().subscribe("lamps.*.reports").await?;
    let accountant = client::Dispatcher::new(Accountant);

    let (switched, ()) = tokio::try_join!(switch_on(nats.clone()), handle_one(&lamps, &mut commands))?;
    let report = inbound(next(&mut reports).await?);
    accountant.dispatch(&Context::new(&report)).await?;
    println!("the reply: lit = {}", switched.lit);
    if switched.lit { Ok(()) } else { Err("the lamp stayed dark".into()) }
}

/// Sends a command, and waits for the reply.
async fn switch_on(nats: Nats) -> Result<client::Switched, Box<dyn Error>> {
    let command = client::Switch::new("hall", true);
    Ok(tokio::time::timeout(TIMEOUT, client::Requester::new(nats).switch_lamp(&command)).await??)
}

/// Dispatches the next command to the lamps.
async fn handle_one(lamps: &impl Dispatch, commands: &mut Subscriber) -> Result<(), Box<dyn Error>> {
    let command = inbound(next(commands).await?);
    Ok(lamps.dispatch(&Context::new(&command)).await?)
}

async fn next(subscriber: &mut Subscriber) -> Result<Message, Box<dyn Error>> {
    let message = tokio::time::timeout(TIMEOUT, subscriber.next()).await?;
    message.ok_or_else(|| "the server closed the subscription".into())
}
