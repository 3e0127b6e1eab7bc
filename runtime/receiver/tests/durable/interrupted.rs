//! The receiver is killed or terminated repeatedly under load. No acknowledged event may be lost.

use std::collections::BTreeSet;
use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::BuildHasher;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use asyncapi_receiver::inbox::{Inbox, Page, Sqlite, State};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::kit::{HEADER, PATIENCE, body, signature};
use crate::process::{Logbook, Process, listening, spawn, this_program};

/// Events per second.
const RATE: u32 = 300;
/// The longest life of a process. It listens after a tenth of this time, or later.
const LIFE: Duration = Duration::from_millis(400);

/// The answers that the senders received.
#[derive(Default)]
struct Sent {
    acknowledged: Mutex<BTreeSet<String>>,
    refused: Mutex<Vec<u16>>,
}

/// Sends new events at a constant rate to the current address of the receiver. Sends each event once, so an event that
/// was not acknowledged may be stored or not.
async fn send_all(sent: Arc<Sent>, at: watch::Receiver<Option<SocketAddr>>) {
    let mut due = interval(Duration::from_secs(1) / RATE);
    due.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut open = JoinSet::new();
    for number in 0_u64.. {
        due.tick().await;
        while open.try_join_next().is_some() {}
        let Some(address) = *at.borrow() else { continue };
        let sent = Arc::clone(&sent);
        open.spawn(async move {
            let id = format!("e{number}");
            match try_post(address, &body(&id, "fine")).await {
                Some(200..300) => drop(sent.acknowledged.lock().unwrap().insert(id)),
                Some(status) => sent.refused.lock().unwrap().push(status),
                None => {}
            }
        });
    }
}

/// Random times of interruption, reproducible by the seed.
struct Moments(u64);

impl Moments {
    fn new() -> Self {
        let seed = std::env::var("SEED").map_or_else(|_| RandomState::new().hash_one(()), |seed| seed.parse().unwrap());
        println!("SEED={seed}");
        Self(seed)
    }

    /// The next time, by the algorithm `SplitMix64`.
    fn next(&mut self) -> Duration {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        LIFE.mul_f64(f64::from((bits >> 40) as u32) / f64::from(1 << 24))
    }
}

/// The number of events that were leased when the process was killed. Counted in a copy of the file: the recovery of
/// the file itself is left to the next process, which may be killed during the recovery.
async fn in_flight(directory: &Path) -> u32 {
    let copy = tempfile::tempdir().unwrap();
    for name in ["inbox.sqlite", "inbox.sqlite-wal"] {
        // The process may have been killed before it created the file.
        let _absent = fs::copy(directory.join(name), copy.path().join(name));
    }
    let Ok(inbox) = Sqlite::open_existing(copy.path().join("inbox.sqlite")) else { return 0 };
    let leased = inbox.list(Page { most: 1_000, ..Page::of(State::Leased) }).await.unwrap();
    u32::try_from(leased.len()).unwrap()
}

#[derive(Clone, Copy, PartialEq)]
enum How {
    /// At any time, even before it listens.
    Killed,
    /// At any time after it listens.
    Terminated,
}

/// Posts the body and returns the status of the answer, if there is one.
async fn try_post(address: SocketAddr, body: &str) -> Option<u16> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    let length = body.len();
    let signature = signature(body);
    let request = format!(
        "POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n{HEADER}: {signature}\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.ok()?;
    reply.split(' ').nth(1)?.parse().ok()
}

/// Interrupts the receiver repeatedly under load, then compares the handled events with the acknowledged ones.
async fn interrupted(times: u32, how: How) {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let sent = Arc::new(Sent::default());
    let (tell, at) = watch::channel(None);
    let sending = tokio::spawn(send_all(Arc::clone(&sent), at));
    let mut moments = Moments::new();
    let (mut begun, mut before_it_listened) = (0, 0);
    for _ in 0..times {
        match how {
            How::Killed => {
                let mut child = spawn(this_program(), directory);
                let dies = sleep(moments.next());
                tokio::pin!(dies);
                tokio::select! {
                    () = &mut dies => before_it_listened += 1,
                    address = listening(directory) => {
                        tell.send_replace(Some(address));
                        dies.await;
                    }
                }
                child.kill().await.unwrap();
                tell.send_replace(None);
                begun += in_flight(directory).await;
            }
            How::Terminated => {
                let process = Process::start(directory).await;
                tell.send_replace(Some(process.address));
                sleep(moments.next()).await;
                process.terminate().await;
                tell.send_replace(None);
            }
        }
    }
    sending.abort();

    let process = Process::start(directory).await;
    let inbox = Sqlite::open(directory.join("inbox.sqlite")).unwrap();
    let started = Instant::now();
    // The canary of the worker may be pending for a short time.
    while inbox.stats().await.unwrap().pending > 0 && started.elapsed() < PATIENCE {
        sleep(Duration::from_millis(10)).await;
    }
    process.terminate().await;

    let acknowledged = sent.acknowledged.lock().unwrap().clone();
    assert!(!acknowledged.is_empty(), "it never lived for long enough");
    let handled = Logbook::read(directory);
    let lost: Vec<_> = acknowledged.iter().filter(|id| !handled.contains_key(*id)).collect();
    assert!(lost.is_empty(), "of {} acknowledged: {lost:?}", acknowledged.len());
    let dead = inbox.stats().await.unwrap().dead;
    assert_eq!(dead, 0);
    let refused = sent.refused.lock().unwrap().clone();
    assert!(refused.iter().all(|status| *status == 503), "{refused:?}");
    let again: u32 = handled.values().map(|runs| runs - 1).sum();
    assert!(again <= begun, "{again} runs more than events, and only {begun} were in flight");
    let known = inbox.list(Page { most: 1_000_000, ..Page::first() }).await.unwrap();
    assert!(
        known.iter().all(|entry| handled.contains_key(entry.id.as_str()) || entry.id.as_str().starts_with("canary:"))
    );
    println!(
        "{} acknowledged, {} handled, {again} runs more, {begun} in flight, {before_it_listened} times before it listened",
        acknowledged.len(),
        handled.len()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_9_loses_no_stored_event() {
    interrupted(12, How::Killed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long form"]
async fn kill_9_two_hundred_times() {
    interrupted(200, How::Killed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_drains() {
    interrupted(8, How::Terminated).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long form"]
async fn sigterm_a_hundred_times() {
    interrupted(100, How::Terminated).await;
}
