//! Events that were leased when a process ended. One of them may have caused the end.

use std::collections::BTreeMap;
use std::time::Duration;

use asyncapi_receiver::inbox::{Inbox, Nats, Settlement};
use tokio::time::{Instant, sleep};

use crate::server::Server;
use crate::{PATIENCE, event, lease};

const LEASE: Duration = Duration::from_millis(600);
const CRASHES: u32 = 5;

async fn open(server: &Server) -> Nats {
    Nats::open_with_lease(server.jetstream().await, "webhooks", 1, LEASE).await.unwrap()
}

#[tokio::test]
async fn an_event_that_ends_the_process_costs_other_events_no_attempts() {
    let Some(server) = Server::start() else { return };
    let first = open(&server).await;
    for id in ["poison", "a", "b", "c", "d", "e"] {
        first.put(event(id, id)).await.unwrap();
    }
    drop(first);
    let started = Instant::now();
    let (mut crashes, mut attempts) = (0, BTreeMap::new());
    while crashes < CRASHES {
        let inbox = open(&server).await;
        // Other events are handled in addition to the interrupted ones.
        let new = format!("new-{crashes}");
        inbox.put(event(&new, &new)).await.unwrap();
        loop {
            assert!(started.elapsed() < PATIENCE, "{attempts:?}");
            let leased = inbox.lease(16).await.unwrap().leased;
            for leased in &leased {
                attempts.insert(leased.delivery.id().to_string(), leased.attempt);
            }
            assert!(leased.iter().filter(|leased| leased.attempt > 1).count() <= 1, "{leased:?}");
            if leased.iter().any(|leased| leased.delivery.id().as_str() == "poison") {
                // None of the leased events is settled.
                crashes += 1;
                break;
            }
            for leased in leased {
                inbox.settle(leased.token, Settlement::Done).await.unwrap();
            }
        }
    }
    assert_eq!(attempts.remove("poison"), Some(CRASHES));
    assert!(attempts.values().all(|attempts| *attempts <= 2), "{attempts:?}");
}

#[tokio::test]
async fn released_events_count_no_attempt_and_failed_ones_do() {
    let Some(server) = Server::start() else { return };
    let inbox = open(&server).await;
    inbox.put(event("e1", "a")).await.unwrap();
    let again = || Settlement::Retry { after: Duration::ZERO };
    for (attempt, ending) in
        [(1, Settlement::Released), (1, again()), (2, Settlement::Released), (2, again()), (3, Settlement::Done)]
    {
        let leased = lease(&inbox, 1).await.remove(0);
        assert_eq!(leased.attempt, attempt);
        inbox.settle(leased.token, ending).await.unwrap();
    }
    assert_eq!(inbox.stats().await.unwrap().pending, 0);
    let failing = ["f1", "f2", "f3"];
    for id in failing {
        inbox.put(event(id, id)).await.unwrap();
    }
    for leased in lease(&inbox, failing.len()).await {
        inbox.settle(leased.token, again()).await.unwrap();
    }
    sleep(LEASE / 2).await;
    let together = lease(&inbox, failing.len()).await;
    assert!(together.iter().all(|leased| leased.attempt == 2), "{together:?}");
}
