//! Canaries, the deliveries of the receiver to itself: they detect a failure of any component, and reach no handler.

use std::sync::Arc;
use std::time::Duration;

use asyncapi_receiver::http::Receiver;
use asyncapi_receiver::inbox::{Inbox, Memory, Sqlite};
use asyncapi_receiver::server::{Canary, Server};
use asyncapi_receiver::verify::HmacSha256Hex;
use asyncapi_receiver::{Accept, CanaryToken, Durable, Worker};
use asyncapi_runtime::{Headers, Inbound};
use rusqlite::Connection;

use crate::kit::{Case, HEADER, TOKEN, body, each, event_fields, secret};
use crate::server::{Serving, run, until};
use crate::team::Team;

const OFTEN: Duration = Duration::from_millis(20);

fn verifier(token: &str) -> HmacSha256Hex {
    HmacSha256Hex::new(HEADER, [secret(token)]).unwrap()
}

/// Starts a server that sends itself canaries signed with this token. Also returns the response counts.
async fn serve(
    inbox: &Arc<dyn Inbox>,
    worker: &Worker<Arc<Team>>,
    token: &str,
) -> (Serving, asyncapi_receiver::http::ResponseCounts) {
    let mark = CanaryToken::random();
    let durable = Durable::new(Arc::clone(inbox), event_fields()).with_canary(mark.clone());
    let receiver = Receiver::new(durable, verifier(TOKEN));
    let (response_counts, signing) = (receiver.response_counts(), verifier(token));
    let canary = Canary::new(mark, move |body| signing.sign(body), worker.health()).with_period(OFTEN);
    (run(Server::new(receiver).with_canary(canary)).await, response_counts)
}

#[tokio::test]
async fn a_canary_arrives_by_http_and_leaves_at_the_worker() {
    for case in each() {
        let worker = case.worker();
        let (serving, response_counts) = serve(&case.inbox, &worker, TOKEN).await;
        let running = Case::run(worker);
        case.until(async || running.health.canary_age().is_some() && response_counts.get("stored") > 2).await;
        serving.stop().await;
        case.settled().await;
        running.stop().await;
        assert!(case.team.seen().is_empty(), "{}: no handler sees it", case.name);
        assert!(case.dead().await.is_empty(), "{}", case.name);
        assert_eq!(case.inbox.stats().await.unwrap().last_event, None, "{}: it is no sender's event", case.name);
    }
}

#[tokio::test]
async fn a_canary_with_a_refused_signature_is_not_reported_alive() {
    for case in each() {
        let worker = case.worker();
        let (serving, response_counts) = serve(&case.inbox, &worker, "another").await;
        let running = Case::run(worker);
        until(|| response_counts.get("not_verified") > 2).await;
        assert_eq!(running.health.canary_age(), None, "{}", case.name);
        assert!(running.health.since_last_canary().is_some(), "{}: it is waited for", case.name);
        serving.stop().await;
        running.stop().await;
    }
}

#[tokio::test]
async fn a_canary_is_not_reported_alive_without_a_worker() {
    let inbox: Arc<dyn Inbox> = Arc::new(Memory::new());
    let worker = Worker::new(Arc::clone(&inbox), Arc::<Team>::default());
    let (serving, response_counts) = serve(&inbox, &worker, TOKEN).await;
    until(|| response_counts.get("stored") > 2).await;
    assert_eq!(worker.health().canary_age(), None);
    until(|| worker.health().since_last_canary() > Some(OFTEN)).await;
    serving.stop().await;
}

#[tokio::test]
async fn a_canary_is_not_reported_alive_while_the_inbox_cannot_write() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("inbox.sqlite");
    let inbox: Arc<dyn Inbox> = Arc::new(Sqlite::open(&path).unwrap());
    let spoiler = Connection::open(&path).unwrap();
    spoiler.execute_batch("CREATE TRIGGER spoil BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'no'); END").unwrap();
    let worker = Worker::new(Arc::clone(&inbox), Arc::<Team>::default()).with_canary(None);
    let (serving, _) = serve(&inbox, &worker, TOKEN).await;
    let running = Case::run(worker);
    until(|| running.health.since_last_canary() > Some(OFTEN * 10)).await;
    assert_eq!(running.health.canary_age(), None);
    spoiler.execute_batch("DROP TRIGGER spoil").unwrap();
    until(|| running.health.canary_age().is_some()).await;
    serving.stop().await;
    running.stop().await;
}

#[tokio::test]
async fn no_event_of_a_sender_is_treated_as_a_canary() {
    for case in each() {
        let durable = Durable::new(Arc::clone(&case.inbox), event_fields()).with_canary(CanaryToken::random());
        // A sender cannot guess the token of the canaries.
        for (number, guess) in ["-1", "0-1", "00000000000000000000000000000000-1"].into_iter().enumerate() {
            let headers = Headers::from_iter([("x-asyncapi-canary", guess)]);
            let inbound = Inbound::new(body(&format!("canary:{number}"), "fine")).with_headers(headers);
            durable.accept(inbound).await.unwrap();
        }
        let running = Case::run(case.worker());
        case.settled().await;
        running.stop().await;
        assert_eq!(case.team.done().len(), 3, "{}", case.name);
    }
}
