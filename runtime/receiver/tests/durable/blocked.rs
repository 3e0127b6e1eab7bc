//! While all handlers are blocked, all events are still answered.

use std::sync::Arc;
use std::time::Duration;

use crate::client::post;
use crate::kit::{Case, HEADER, body, each, receiver, signature};
use crate::server::serve;

const HANDLERS: usize = 16;
const EVENTS: usize = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_answered_while_every_handler_is_blocked() {
    for case in each() {
        let serving = serve(receiver(Arc::clone(&case.inbox))).await;
        let worker = case.worker().with_concurrency(HANDLERS).with_handler_deadline(Duration::from_secs(24 * 60 * 60));
        let running = Case::run(worker);
        for number in 0..EVENTS {
            let body = body(&number.to_string(), "gated");
            assert_eq!(post(serving.address, &[(HEADER, &signature(&body))], &body).await.status, 202);
        }
        case.until(async || case.team.seen().len() == HANDLERS).await;
        assert!(case.team.done().is_empty(), "{}: all were answered, and none is handled", case.name);
        case.team.gate.add_permits(EVENTS);
        case.settled().await;
        running.stop().await;
        serving.stop().await;
        assert_eq!(case.team.done().len(), EVENTS, "{}", case.name);
    }
}
