//! Leases: a worker renews them while a handler runs, and they expire if they are not renewed.

use std::sync::Arc;
use std::time::Duration;

use asyncapi_receiver::Worker;
use asyncapi_receiver::inbox::{Inbox, InboxError, Nats, Settlement};
use asyncapi_receiver::worker::ShutdownOutcome;
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::server::Server;
use crate::team::{GATED, Team};
use crate::{PATIENCE, event, lease};

const LEASE: Duration = Duration::from_millis(600);

async fn open(server: &Server) -> Arc<Nats> {
    Arc::new(Nats::open_with_lease(server.jetstream().await, "webhooks", 1, LEASE).await.unwrap())
}

fn run(inbox: Arc<Nats>, team: &Arc<Team>) -> (oneshot::Sender<()>, JoinHandle<ShutdownOutcome>) {
    let worker = Worker::new(inbox, Arc::clone(team)).with_canary(None);
    let (stop, stopped) = oneshot::channel::<()>();
    (stop, tokio::spawn(worker.run(async { stopped.await.unwrap_or(()) })))
}

async fn until(condition: impl Fn() -> bool) {
    let waiting = async {
        while !condition() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, waiting).await.expect("it comes to pass");
}

#[tokio::test]
async fn a_slow_handler_renews_its_lease_and_runs_once() {
    let Some(server) = Server::start() else { return };
    let inbox = open(&server).await;
    inbox.put(event(GATED, "a")).await.unwrap();
    let (first, second) = (Arc::new(Team::default()), Arc::new(Team::default()));
    let one = run(Arc::clone(&inbox), &first);
    until(|| first.begun() == 1).await;
    let other = run(open(&server).await, &second);
    // Meanwhile the other worker handles events, and tries to lease the first event several times.
    for number in 0..5 {
        inbox.put(event(&number.to_string(), &number.to_string())).await.unwrap();
        sleep(LEASE).await;
    }
    assert_eq!((first.begun() + second.begun(), first.done().len() + second.done().len()), (6, 5));
    first.gate.add_permits(1);
    until(|| first.done().contains_key(GATED)).await;
    for (stop, worker) in [one, other] {
        drop(stop);
        assert_eq!(worker.await.unwrap(), ShutdownOutcome::Drained);
    }
    assert!(!second.done().contains_key(GATED));
    assert_eq!(inbox.stats().await.unwrap().pending, 0);
}

#[test]
fn the_event_of_a_worker_that_was_killed_is_handled_elsewhere() {
    let Some(server) = Server::start() else { return };
    let runtime = || Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (first, second) = (Arc::new(Team::default()), Arc::new(Team::default()));
    let killed = runtime();
    killed.block_on(async {
        let inbox = open(&server).await;
        inbox.put(event(GATED, "a")).await.unwrap();
        // The shutdown of the runtime ends the worker.
        std::mem::forget(run(inbox, &first));
        until(|| first.begun() == 1).await;
    });
    // The worker stops without settling its event.
    killed.shutdown_background();
    runtime().block_on(async {
        second.gate.add_permits(1);
        let inbox = open(&server).await;
        let (stop, worker) = run(Arc::clone(&inbox), &second);
        until(|| second.done().contains_key(GATED)).await;
        drop(stop);
        assert_eq!(worker.await.unwrap(), ShutdownOutcome::Drained);
        assert_eq!(inbox.stats().await.unwrap().pending, 0);
    });
    assert!(first.done().is_empty());
}

#[tokio::test]
async fn an_expired_lease_is_not_valid_again() {
    let Some(server) = Server::start() else { return };
    let inbox = open(&server).await;
    inbox.put(event("e1", "a")).await.unwrap();
    let token = lease(&inbox, 1).await[0].token;
    inbox.renew(token).await.unwrap();
    sleep(LEASE).await;
    assert!(matches!(inbox.renew(token).await, Err(InboxError::Superseded)));
    assert!(matches!(inbox.settle(token, Settlement::Done).await, Err(InboxError::Superseded)));
    let again = lease(&inbox, 1).await.remove(0);
    assert_eq!((again.delivery.id().as_str(), again.attempt), ("e1", 2));
    assert!(matches!(inbox.renew(token).await, Err(InboxError::Superseded)), "the first ticket is not the second");
    inbox.settle(again.token, Settlement::Done).await.unwrap();
}
