//! What holds when the process does not: the receiver is killed or terminated, again and again, under load.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use asyncapi_runtime::inbox::{Inbox, Page, Sqlite};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::kit::{HEADER, PATIENCE, body, signature};
use crate::process::{HANDLERS, Logbook, Process};

const SENDERS: u64 = 4;

/// What the senders know.
#[derive(Default)]
struct Sent {
    next: AtomicU64,
    acknowledged: Mutex<BTreeSet<String>>,
    refused: Mutex<Vec<u16>>,
}

/// Sends events, new ones all the time, to wherever the receiver is now. Does not try twice: what was not
/// acknowledged may be there or not.
async fn send_all(sent: Arc<Sent>, at: watch::Receiver<Option<SocketAddr>>, pause: Duration) {
    loop {
        let Some(address) = *at.borrow() else {
            sleep(Duration::from_millis(1)).await;
            continue;
        };
        let id = format!("e{}", sent.next.fetch_add(1, Ordering::SeqCst));
        match try_post(address, &body(&id, "fine")).await {
            Some(200..300) => drop(sent.acknowledged.lock().unwrap().insert(id)),
            Some(status) => sent.refused.lock().unwrap().push(status),
            None => {}
        }
        sleep(pause).await;
    }
}

/// The status, if there was an answer.
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

/// Interrupts the receiver again and again under load, and counts afterwards.
async fn interrupted(times: u32, interrupt: impl AsyncFn(Process)) {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let sent = Arc::new(Sent::default());
    let (tell, at) = watch::channel(None);
    let tasks: Vec<_> = (0..SENDERS)
        .map(|_| tokio::spawn(send_all(Arc::clone(&sent), at.clone(), Duration::from_millis(1_000 * SENDERS / 300))))
        .collect();
    for time in 0..times {
        let process = Process::start(directory).await;
        let before = sent.acknowledged.lock().unwrap().len();
        tell.send_replace(Some(process.address));
        // At any moment, but not before it has done something.
        while sent.acknowledged.lock().unwrap().len() == before {
            sleep(Duration::from_millis(1)).await;
        }
        sleep(Duration::from_millis(u64::from(time * 37 % 200))).await;
        interrupt(process).await;
        tell.send_replace(None);
    }
    tasks.iter().for_each(tokio::task::JoinHandle::abort);

    let process = Process::start(directory).await;
    let inbox = Sqlite::open(directory.join("inbox.sqlite")).unwrap();
    let started = Instant::now();
    // Its canary comes and goes.
    while inbox.stats().await.unwrap().pending > 0 && started.elapsed() < PATIENCE {
        sleep(Duration::from_millis(10)).await;
    }
    process.terminate().await;

    let acknowledged = sent.acknowledged.lock().unwrap().clone();
    let handled = Logbook::read(directory);
    let lost: Vec<_> = acknowledged.iter().filter(|id| !handled.contains_key(*id)).collect();
    assert!(lost.is_empty(), "of {} acknowledged: {lost:?}", acknowledged.len());
    let dead = inbox.stats().await.unwrap().dead;
    assert_eq!(dead, 0);
    let refused = sent.refused.lock().unwrap().clone();
    assert!(refused.iter().all(|status| *status == 503), "{refused:?}");
    let again: u32 = handled.values().map(|runs| runs - 1).sum();
    assert!(again <= times * u32::try_from(HANDLERS).unwrap(), "{again} runs more than events");
    let known = inbox.list(Page { most: 1_000_000, ..Page::first() }).await.unwrap();
    assert!(
        known.iter().all(|entry| handled.contains_key(entry.id.as_str()) || entry.id.as_str().starts_with("canary:"))
    );
    println!("{} acknowledged, {} handled, {again} runs more", acknowledged.len(), handled.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_9_loses_nothing_that_was_acknowledged() {
    interrupted(12, Process::kill).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long form"]
async fn kill_9_two_hundred_times() {
    interrupted(200, Process::kill).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_drains() {
    interrupted(8, Process::terminate).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long form"]
async fn sigterm_a_hundred_times() {
    interrupted(100, Process::terminate).await;
}
