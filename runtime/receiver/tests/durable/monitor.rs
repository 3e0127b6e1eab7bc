//! The endpoints of the monitor.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use asyncapi_receiver::inbox::{Inbox, Memory, Sqlite};
use asyncapi_receiver::server::{Monitor, Server};
use asyncapi_receiver::{Clock, Worker};
use rusqlite::Connection;
use tokio::net::TcpListener;

use crate::acknowledgement::Gated;
use crate::client::{Reply, head, post, send};
use crate::clock::FastClock;
use crate::kit::{HEADER, body, receiver, signature};
use crate::server::{Serving, run};
use crate::team::Team;

async fn get(serving: &Serving, path: &str) -> Reply {
    send(serving.address, &head("GET", &[]).replacen("/hook", path, 1)).await
}

#[tokio::test]
async fn the_metrics_of_a_healthy_receiver_are_complete() {
    let inbox = Arc::new(Memory::new());
    let worker = Worker::new(Arc::clone(&inbox), Arc::<Team>::default());
    let monitor =
        Monitor::new().with_max_age(Duration::ZERO).with_inbox(Arc::clone(&inbox)).with_worker_health(worker.health());
    let serving = run(Server::new(receiver(inbox)).with_monitor(monitor)).await;
    for path in ["/livez", "/readyz"] {
        assert_eq!(get(&serving, path).await.status, 200, "{path}");
    }
    let silent = get(&serving, "/metrics").await.body;
    assert!(silent.contains("\nasyncapi_inbox_last_event_seconds "), "no event ever is silence too: {silent}");
    let body = body("e1", "fine");
    post(serving.address, &[(HEADER, &signature(&body))], &body).await;
    post(serving.address, &[], &body).await;
    let metrics = get(&serving, "/metrics").await;
    assert_eq!(metrics.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    for line in [
        "# TYPE asyncapi_inbox_pending gauge",
        "asyncapi_inbox_up 1",
        "asyncapi_inbox_pending 1",
        "asyncapi_inbox_dead 0",
        "asyncapi_inbox_oldest_pending_seconds ",
        "asyncapi_inbox_last_event_seconds ",
        "asyncapi_worker_heartbeat_seconds ",
        "asyncapi_worker_done_total 0",
        "asyncapi_answers_total{answer=\"stored\",status=\"202\"} 1",
        "asyncapi_answers_total{answer=\"not_verified\",status=\"401\"} 1",
        "asyncapi_answers_total{answer=\"too_large\",status=\"413\"} 0",
    ] {
        assert!(metrics.body.lines().any(|found| found.starts_with(line)), "{line} in {}", metrics.body);
    }
    assert!(!metrics.body.contains("asyncapi_canary_seconds"), "none was sent");
    let samples = parse(&metrics.body);
    assert!(samples.len() > 20, "{samples:?}");
    assert_eq!(get(&serving, "/elsewhere").await.status, 405, "all else is the receiver's");
}

#[tokio::test]
async fn silence_and_backlog_have_durations_in_the_metrics() {
    const HOUR: f64 = 3_600.0;
    let clock = Arc::new(FastClock::times(1));
    let measured: Arc<dyn Clock> = clock.clone();
    let inbox = Arc::new(Memory::new().with_clock(measured.clone()));
    let worker = Worker::new(Arc::clone(&inbox), Arc::<Team>::default()).with_clock(measured);
    let monitor =
        Monitor::new().with_max_age(Duration::ZERO).with_inbox(Arc::clone(&inbox)).with_worker_health(worker.health());
    let serving = run(Server::new(receiver(inbox)).with_monitor(monitor)).await;
    for body in [body("e1", "fine"), "no JSON".to_owned()] {
        assert_eq!(post(serving.address, &[(HEADER, &signature(&body))], &body).await.status, 202);
    }
    clock.set_by(1);
    let samples = parse(&get(&serving, "/metrics").await.body);
    assert_eq!((samples["asyncapi_inbox_pending"], samples["asyncapi_inbox_dead"]), (1.0, 1.0));
    for gauge in [
        "asyncapi_inbox_oldest_pending_seconds",
        "asyncapi_inbox_last_event_seconds",
        "asyncapi_worker_heartbeat_seconds",
    ] {
        let age = samples[gauge];
        assert!((24.0 * HOUR..25.0 * HOUR).contains(&age), "{gauge}: {age}");
    }
}

#[tokio::test]
async fn a_silent_worker_is_not_alive() {
    let clock = Arc::new(FastClock::times(1));
    let measured: Arc<dyn Clock> = clock.clone();
    let worker = Worker::new(Memory::new(), Arc::<Team>::default()).with_clock(measured);
    let monitor = Monitor::new().with_worker_health(worker.health());
    let serving = run(Server::new(receiver(Memory::new())).with_monitor(monitor)).await;
    assert_eq!(get(&serving, "/livez").await.status, 200);
    clock.set_by(1);
    assert_eq!(get(&serving, "/livez").await.status, 503);
}

#[tokio::test]
async fn an_inbox_that_does_not_answer_is_not_ready() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("inbox.sqlite");
    let inbox = Arc::new(Sqlite::open(&path).unwrap());
    let monitor = Monitor::new().with_max_age(Duration::ZERO).with_inbox(Arc::clone(&inbox));
    let serving = run(Server::new(receiver(inbox)).with_monitor(monitor)).await;
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    assert_eq!(get(&serving, "/readyz").await.status, 503);
    assert!(get(&serving, "/metrics").await.body.contains("asyncapi_inbox_up 0"));
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(get(&serving, "/readyz").await.status, 200);
}

#[tokio::test]
async fn concurrent_readiness_checks_ask_the_inbox_once() {
    let inbox = Gated::new();
    let monitor = Monitor::new().with_max_age(Duration::ZERO).with_inbox(Arc::clone(&inbox));
    let serving = run(Server::new(receiver(Arc::clone(&inbox))).with_monitor(monitor)).await;
    let asking: Vec<_> = (0..100).map(|_| get(&serving, "/readyz")).collect();
    let answers = futures_util::future::join_all(asking).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    let asked = inbox.asked.load(Ordering::SeqCst);
    assert!(asked < 10, "{asked} times for 100");
    serving.stop().await;
}

#[tokio::test]
async fn the_inbox_is_asked_once_a_second_however_often_the_monitor_is_asked() {
    let inbox = Gated::new();
    let monitor = Monitor::new().with_max_age(Duration::from_secs(60 * 60)).with_inbox(Arc::clone(&inbox));
    let serving = run(Server::new(receiver(Arc::clone(&inbox))).with_monitor(monitor)).await;
    for _ in 0..50 {
        assert_eq!(get(&serving, "/readyz").await.status, 200);
        assert_eq!(get(&serving, "/metrics").await.status, 200);
    }
    // The statistics, and whether it can store.
    assert_eq!(inbox.asked.load(Ordering::SeqCst), 2);
    serving.stop().await;
}

#[tokio::test]
async fn open_connections_do_not_keep_others_from_the_monitor() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(Monitor::new().serve(listener, std::future::pending()));
    let mut idle = Vec::new();
    for _ in 0..200 {
        idle.push(tokio::net::TcpStream::connect(address).await.unwrap());
    }
    assert_eq!(send(address, &head("GET", &[]).replacen("/hook", "/livez", 1)).await.status, 200);
    // The oldest is closed long before its deadline.
    let closed = tokio::io::AsyncReadExt::read(&mut idle[0], &mut [0]).await;
    assert!(matches!(closed, Ok(0) | Err(_)), "{closed:?}");
    serving.abort();
}

#[tokio::test]
async fn an_inbox_whose_file_is_deleted_is_503_and_not_ready() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("inbox.sqlite");
    let inbox = Arc::new(Sqlite::open(&path).unwrap());
    let monitor = Monitor::new().with_max_age(Duration::ZERO).with_inbox(Arc::clone(&inbox));
    let serving = run(Server::new(receiver(inbox)).with_monitor(monitor)).await;
    let ask = async |id| {
        let body = body(id, "fine");
        post(serving.address, &[(HEADER, &signature(&body))], &body).await.status
    };
    assert_eq!((ask("e1").await, get(&serving, "/readyz").await.status), (202, 200));
    std::fs::remove_file(&path).unwrap();
    assert_eq!((ask("e2").await, get(&serving, "/readyz").await.status), (503, 503));
    assert!(get(&serving, "/metrics").await.body.contains("asyncapi_inbox_up 0"));
}

#[tokio::test]
async fn the_monitor_can_have_its_own_listener() {
    let inbox = Memory::new();
    assert_eq!(inbox.stats().await.unwrap().pending, 0);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let monitor = Monitor::new().with_inbox(inbox);
    let serving = tokio::spawn(monitor.clone().serve(listener, std::future::pending()));
    let ask = async |path| send(address, &head("GET", &[]).replacen("/hook", path, 1)).await.status;
    assert_eq!((ask("/readyz").await, ask("/hook").await), (200, 404));
    monitor.drain();
    assert_eq!((ask("/readyz").await, ask("/livez").await), (503, 200));
    serving.abort();
}

/// Parses the Prometheus text format 0.0.4, and checks its rules:
///
/// - Each name has one HELP and one TYPE, followed by all samples of the name.
/// - Names and labels contain only allowed characters.
/// - Values are numbers.
/// - No sample occurs twice.
fn parse(text: &str) -> BTreeMap<String, f64> {
    let is_name = |name: &str| {
        name.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_')
            && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_')
    };
    assert!(text.ends_with('\n'), "the last line ends too");
    let mut samples = BTreeMap::new();
    let (mut described, mut kinds) = (BTreeSet::new(), BTreeMap::new());
    let mut current = "";
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, help) = help.split_once(' ').expect("a help text");
            assert!(is_name(name) && !help.is_empty() && !help.contains('\\'), "{line}");
            assert!(described.insert(name), "described once: {line}");
            current = name;
            continue;
        }
        if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').expect("a type");
            assert_eq!(name, current, "{line}");
            assert!(kinds.insert(name, kind).is_none(), "{line}");
            assert!(kind == "gauge" || (kind == "counter" && name.ends_with("_total")), "{line}");
            continue;
        }
        let (series, value) = line.rsplit_once(' ').expect("a value");
        let (name, labels) = match series.split_once('{') {
            Some((name, labels)) => (name, labels.strip_suffix('}').expect("closed")),
            None => (series, ""),
        };
        assert_eq!(name, current, "samples stand below their type: {line}");
        assert!(kinds.contains_key(name), "{line}");
        for label in labels.split_terminator(',') {
            let (label, quoted) = label.split_once('=').expect("a label");
            let inner = quoted.strip_prefix('"').and_then(|quoted| quoted.strip_suffix('"')).expect("quoted");
            assert!(is_name(label) && !inner.contains(['"', '\\', '\n']), "{line}");
        }
        let value: f64 = value.parse().unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(value.is_finite() && value >= 0.0, "{line}");
        assert!(samples.insert(series.to_owned(), value).is_none(), "there twice: {line}");
    }
    samples
}
