//! A cluster of three servers. The leader of the stream is killed repeatedly. All acknowledged events are handled.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_nats::jetstream;
use async_nats::jetstream::consumer::pull;
use asyncapi_receiver::inbox::{EventFields, FieldPath, Inbox, InboxError, Nats, Retention};
use asyncapi_receiver::worker::ShutdownOutcome;
use asyncapi_receiver::{Accept, Durable, NotAccepted, RetryCause, Worker};
use asyncapi_runtime::Inbound;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::cluster::Cluster;
use crate::team::Team;

const STREAM: &str = "webhooks";
const SENDERS: u64 = 8;
/// Only ends a test that hangs. No test measures this time.
const PATIENCE: Duration = Duration::from_secs(120);
/// If a killed server did not store the end of an event, the event is redelivered after this time.
const LEASE: Duration = Duration::from_secs(3);

/// Opens the inbox as soon as the servers have formed the cluster.
async fn open(context: &jetstream::Context) -> Nats {
    let opening = async {
        loop {
            match Nats::open_with_lease(context.clone(), STREAM, 3, LEASE).await {
                Ok(inbox) => return inbox,
                Err(InboxError::Unavailable(_)) => sleep(Duration::from_millis(100)).await,
                Err(error) => panic!("{error}"),
            }
        }
    };
    timeout(PATIENCE, opening).await.expect("three servers make a cluster")
}

/// The answers that the senders received.
#[derive(Default)]
struct Sent {
    next: AtomicU64,
    enough: AtomicBool,
    acknowledged: Mutex<BTreeSet<String>>,
    refused: AtomicU64,
}

/// Sends events one by one. Repeats each event until it is acknowledged.
async fn send(sent: Arc<Sent>, durable: Arc<Durable<Arc<Nats>>>) {
    while !sent.enough.load(Ordering::SeqCst) {
        let id = format!("e{}", sent.next.fetch_add(1, Ordering::SeqCst));
        loop {
            match durable.accept(Inbound::new(format!(r#"{{"id": "{id}"}}"#))).await {
                Ok(_) => break,
                // The HTTP answer would be 503.
                Err(NotAccepted::Retry(RetryCause::Unavailable(_))) => sent.refused.fetch_add(1, Ordering::SeqCst),
                Err(other) => panic!("{other:?}"),
            };
            if sent.enough.load(Ordering::SeqCst) {
                return;
            }
            sleep(Duration::from_millis(50)).await;
        }
        sent.acknowledged.lock().unwrap().insert(id);
        sleep(Duration::from_millis(20)).await;
    }
}

/// Waits until no event is pending.
async fn all_handled(inbox: &Nats) {
    while !inbox.stats().await.is_ok_and(|stats| stats.pending == 0) {
        // A worker calls this every ten minutes. It finds events that a killed server does not deliver any more.
        let _unavailable = inbox.purge(Retention::default()).await;
        sleep(LEASE).await;
    }
}

/// Prints the state of the consumers, to explain events that are not delivered.
async fn describe(inbox: &Nats, context: &jetstream::Context) {
    println!("{inbox:?}, {:?}", inbox.stats().await);
    for partition in 0..32 {
        let stream = context.get_stream(STREAM).await;
        let Ok(stream) = stream else { continue };
        match stream.get_consumer::<pull::Config>(&format!("partition_{partition}")).await {
            Ok(consumer) => {
                let info = consumer.cached_info();
                println!(
                    "{partition}: {} pending, {} leased, {:?} delivered, led by {:?}",
                    info.num_pending,
                    info.num_ack_pending,
                    info.delivered.stream_sequence,
                    info.cluster.as_ref().and_then(|cluster| cluster.leader.as_ref()),
                );
            }
            Err(error) => println!("{partition}: {error}"),
        }
    }
}

async fn leader_killed(times: u32, every: Duration) {
    let Some(mut cluster) = Cluster::start() else { return };
    let context = cluster.jetstream().await;
    let inbox = Arc::new(open(&context).await);
    let team = Arc::new(Team::default());
    let worker = Worker::new(Arc::clone(&inbox), Arc::clone(&team)).with_canary(None);
    let (stop, stopped) = oneshot::channel::<()>();
    let working = tokio::spawn(worker.run(async { stopped.await.unwrap_or(()) }));
    let event_fields = EventFields::new().with_id(FieldPath::payload("/id")).with_key(FieldPath::payload("/id"));
    let durable = Arc::new(Durable::new(Arc::clone(&inbox), event_fields));
    let sent = Arc::new(Sent::default());
    let mut senders = JoinSet::new();
    for _ in 0..SENDERS {
        senders.spawn(send(Arc::clone(&sent), Arc::clone(&durable)));
    }
    for _ in 0..times {
        sleep(every).await;
        timeout(PATIENCE, cluster.kill_the_leader(&context, STREAM)).await.expect("one leads");
        let before = sent.acknowledged.lock().unwrap().len();
        // The cluster must accept events again before the next kill.
        let going_on = async {
            while sent.acknowledged.lock().unwrap().len() == before {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, going_on).await.expect("two servers of three are enough");
    }
    sent.enough.store(true, Ordering::SeqCst);
    senders.join_all().await;

    let acknowledged = sent.acknowledged.lock().unwrap().clone();
    let handled = timeout(PATIENCE, all_handled(&inbox)).await;
    if handled.is_err() {
        describe(&inbox, &context).await;
    }
    let done = team.done();
    let lost: Vec<_> = acknowledged.iter().filter(|id| !done.contains_key(*id)).collect();
    assert!(lost.is_empty(), "of {} acknowledged: {lost:?}", acknowledged.len());
    handled.expect("nothing is pending");
    drop(stop);
    assert!(matches!(timeout(PATIENCE, working).await.expect("it ends").unwrap(), ShutdownOutcome::Drained));
    assert_eq!(inbox.stats().await.unwrap().dead, 0);
    let again: u32 = done.values().map(|runs| runs - 1).sum();
    let refused = sent.refused.load(Ordering::SeqCst);
    println!("{} acknowledged, {refused} times 503, {again} runs more than events", acknowledged.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_leader_loses_no_acknowledged_event() {
    leader_killed(1, Duration::from_secs(1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long form"]
async fn a_leader_killed_every_five_seconds_for_a_minute() {
    leader_killed(12, Duration::from_secs(5)).await;
}
