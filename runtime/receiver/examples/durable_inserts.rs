//! How many 4 KB deliveries a second one file takes, each durable before it is acknowledged.
//!
//! `cargo run --release -p asyncapi-runtime --features sqlite --example durable_inserts [SENDERS [SECONDS]]`

use std::sync::Arc;
use std::time::{Duration, Instant};

use asyncapi_receiver::inbox::{Delivery, EventId, Inbox, Sqlite};
use asyncapi_runtime::{BoxError, Inbound};
use bytes::Bytes;

const BODY_BYTES: usize = 4 * 1024;

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let mut arguments = std::env::args().skip(1);
    let mut argument = |default: u64| arguments.next().map_or(Ok(default), |argument| argument.parse());
    let senders = argument(64)?;
    let span = Duration::from_secs(argument(5)?);

    let directory = tempfile::tempdir_in(".")?;
    let inbox = Arc::new(Sqlite::open(directory.path().join("inbox.sqlite"))?);
    let body = Bytes::from(vec![b'x'; BODY_BYTES]);
    let started = Instant::now();
    let tasks: Vec<_> = (0..senders)
        .map(|sender| {
            let (inbox, body) = (Arc::clone(&inbox), body.clone());
            tokio::spawn(async move {
                let mut latencies = Vec::new();
                while started.elapsed() < span {
                    let id = EventId::new(format!("{sender}-{}", latencies.len()));
                    let begun = Instant::now();
                    inbox.put(Delivery::new(id, Inbound::new(body.clone()))).await?;
                    latencies.push(begun.elapsed());
                }
                Ok::<_, BoxError>(latencies)
            })
        })
        .collect();
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(task.await??);
    }
    let a_second = u128::try_from(latencies.len())? * 1_000 / started.elapsed().as_millis();
    latencies.sort_unstable();
    let p99 = latencies[latencies.len() * 99 / 100];
    println!("{senders} senders: {a_second} durable inserts a second, p99 {p99:?}");
    Ok(())
}
