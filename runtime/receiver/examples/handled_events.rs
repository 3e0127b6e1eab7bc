//! How many stored events a second a worker handles, with handlers that do nothing: many resources, ten, and one.
//!
//! `cargo run --release -p asyncapi-receiver --features nats,sqlite --example handled_events [-- EVENTS [NATS_URL]]`

use std::sync::Arc;
use std::time::{Duration, Instant};

use asyncapi_receiver::Worker;
use asyncapi_receiver::inbox::{Delivery, EventId, Inbox, Nats, OrderKey, Revision, Sqlite};
use asyncapi_runtime::{BoxError, BoxFuture, Context, DecodeError, Dispatch, DispatchError, Inbound, Route};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

struct Nothing;

impl Dispatch for Nothing {
    fn route(&self, _: &Inbound) -> Result<Route, DecodeError> {
        Ok(Route::Unknown(None))
    }

    fn dispatch<'a>(&'a self, _: &'a Context<'a>) -> BoxFuture<'a, Result<(), DispatchError>> {
        Box::pin(async { Ok(()) })
    }
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let mut arguments = std::env::args().skip(1);
    let events: u32 = arguments.next().map_or(Ok(10_000), |events| events.parse())?;
    let servers = arguments.next();
    for keys in [1_000, 10, 1] {
        let directory = tempfile::tempdir_in(".")?;
        let inbox = Sqlite::open(directory.path().join("inbox.sqlite"))?;
        println!("SQLite, {keys} resources: {} a second", measure(Arc::new(inbox), events, keys).await?);
    }
    if let Some(servers) = servers {
        let jetstream = async_nats::jetstream::new(async_nats::connect(servers).await?);
        for keys in [1_000, 10, 1] {
            let inbox = Nats::open(jetstream.clone(), &format!("benchmark_{keys}"), 1).await?;
            println!("NATS, {keys} resources: {} a second", measure(Arc::new(inbox), events, keys).await?);
        }
    }
    Ok(())
}

async fn measure(inbox: Arc<dyn Inbox>, events: u32, keys: u32) -> Result<u32, BoxError> {
    let mut puts = JoinSet::new();
    for number in 0..events {
        let revision = Revision { number: i64::from(number / keys), before: None };
        let delivery = Delivery::new(EventId::new(number.to_string()), Inbound::new(vec![b'x'; 1_024]));
        let delivery = delivery.with_key(OrderKey::new((number % keys).to_string())).with_revision(revision);
        let inbox = Arc::clone(&inbox);
        puts.spawn(async move { inbox.put(delivery).await.map(drop) });
        if puts.len() >= 256 {
            puts.join_next().await.transpose()?.transpose()?;
        }
    }
    while let Some(put) = puts.join_next().await {
        put??;
    }
    let worker = Worker::new(Arc::clone(&inbox), Nothing).with_canary(None).with_concurrency(32);
    let health = worker.health();
    let (stop, stopped) = oneshot::channel::<()>();
    let started = Instant::now();
    let running = tokio::spawn(worker.run(async { stopped.await.unwrap_or(()) }));
    while health.counts().done < u64::from(events) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let millis = u32::try_from(started.elapsed().as_millis())?.max(1);
    drop(stop);
    running.await?;
    Ok(events.saturating_mul(1_000) / millis)
}
