//! The tests.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use asyncapi_runtime::{HandlerError, Outbound, RequestReply, Transport};
use asyncapi_transport::{RetryPolicy, ShutdownOutcome, dead_letter};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;

use crate::team::{place, quote};
use crate::{Fixture, Handled, Separator, Team, TestConsumer};

/// A consumer that runs.
struct Running {
    stop: oneshot::Sender<()>,
    task: JoinHandle<ShutdownOutcome>,
}

impl Running {
    fn start(consumer: TestConsumer) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        // A dropped sender is a stop too.
        let task = tokio::spawn(consumer.run(async { stopped.await.unwrap_or(()) }));
        Self { stop, task }
    }

    async fn stop(self) -> ShutdownOutcome {
        drop(self.stop);
        self.task.await.expect("the consumer does not panic")
    }
}

/// Three attempts with short delays.
fn quick_retries() -> RetryPolicy {
    RetryPolicy::new(3, Duration::from_millis(5), Duration::from_millis(10))
}

async fn consumer<F: Fixture>(fixture: &F, team: &Team) -> TestConsumer {
    let transport = fixture.transport().await;
    fixture.consumer(team.dispatcher(F::SEPARATOR, transport)).await.with_retry_policy(quick_retries())
}

async fn start<F: Fixture>(fixture: &F, team: &Team) -> Running {
    Running::start(consumer(fixture, team).await)
}

/// Sends an order, and tries again until the broker confirms it.
async fn place_until_confirmed<T: RequestReply + Clone>(
    separator: Separator,
    transport: &T,
    customer: &str,
    number: i64,
) {
    while place(separator, transport, customer, number).await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn sends_orders<F: Fixture>(fixture: &F, orders: impl IntoIterator<Item = (&'static str, i64)>) {
    let transport = fixture.transport().await;
    for (customer, number) in orders {
        place_until_confirmed(F::SEPARATOR, &transport, customer, number).await;
    }
}

fn numbers(handled: &[Handled]) -> BTreeSet<i64> {
    handled.iter().map(|handled| handled.number).collect()
}

/// A message calls the method of its channel, with its parameters, payload and headers.
///
/// # Panics
///
/// The transport does not pass.
pub async fn messages_reach_their_method_with_parameters_and_headers<F: Fixture>() {
    let Some(fixture) = F::start().await else { return };
    let team = Team::new(|_| async { Ok(()) });
    let running = start(&fixture, &team).await;
    sends_orders(&fixture, [("ada", 7)]).await;
    let handled = team.until(|handled| !handled.is_empty()).await;
    let trace = Some("t7".to_owned());
    assert_eq!(handled, [Handled { customer: "ada".to_owned(), number: 7, trace, attempt: 1 }]);
    assert_eq!(running.stop().await, ShutdownOutcome::Drained);
}

/// The next consumer does not receive what the former has acknowledged.
///
/// # Panics
///
/// The transport does not pass.
pub async fn acknowledged_messages_do_not_come_again<F: Fixture>() {
    let Some(fixture) = F::start().await else { return };
    let team = Team::new(|_| async { Ok(()) });
    let consumer = consumer(&fixture, &team).await;
    let health = consumer.health();
    let running = Running::start(consumer);
    sends_orders(&fixture, [("ada", 1), ("ada", 2), ("bob", 3)]).await;
    team.until(|handled| handled.len() == 3).await;
    while health.worker().counts().done < 3 {
        tokio::task::yield_now().await;
    }
    running.stop().await;
    assert_eq!((health.received(), health.unsettled()), (3, 0));

    let second = Team::new(|_| async { Ok(()) });
    let running = start(&fixture, &second).await;
    sends_orders(&fixture, [("ada", 4)]).await;
    let handled = second.until(|handled| !handled.is_empty()).await;
    assert_eq!(numbers(&handled), BTreeSet::from([4]));
    running.stop().await;
}

/// A message whose handler asks for a retry is handled again, as the second attempt.
///
/// # Panics
///
/// The transport does not pass.
pub async fn a_message_is_tried_again_after_a_failure<F: Fixture>() {
    let Some(fixture) = F::start().await else { return };
    let team =
        Team::new(
            |handled| async move { if handled.attempt == 1 { Err(HandlerError::retry("not yet")) } else { Ok(()) } },
        );
    let running = start(&fixture, &team).await;
    sends_orders(&fixture, [("ada", 1)]).await;
    let handled = team.until(|handled| handled.len() == 2).await;
    assert_eq!(handled.iter().map(|handled| handled.attempt).collect::<Vec<_>>(), [1, 2]);
    running.stop().await;
}

/// A rejected, an exhausted and an undecodable message become dead letters with their reasons.
///
/// # Panics
///
/// The transport does not pass.
pub async fn messages_that_cannot_be_handled_become_dead_letters_with_their_reasons<F: Fixture>() {
    let Some(fixture) = F::start().await else { return };
    let team = Team::new(|handled| async move {
        Err(match handled.number {
            1 => HandlerError::reject("no such customer"),
            _ => HandlerError::retry("always busy"),
        })
    });
    let running = start(&fixture, &team).await;
    sends_orders(&fixture, [("ada", 1), ("bob", 2)]).await;
    let address = match F::SEPARATOR {
        Separator::Dot => "orders.eve.placed",
        Separator::Slash => "orders/eve/placed",
    };
    let undecodable = Outbound::new(address, r#"{"number": "seven"}"#).with_header("trace", "t3");
    fixture.transport().await.send(undecodable).await.expect("the broker runs");

    let letters = fixture.dead_letters(3).await;
    let header = |name: &str| -> BTreeMap<&str, Option<&str>> {
        let rows = letters.iter().filter_map(|letter| Some((letter.header("trace")?, letter.header(name))));
        rows.collect()
    };
    assert_eq!(
        header(dead_letter::REASON_HEADER),
        BTreeMap::from([("t1", Some("rejected")), ("t2", Some("exhausted")), ("t3", Some("undecodable"))])
    );
    assert_eq!(header(dead_letter::POINTER_HEADER)["t3"], Some("/number"));
    assert_eq!(header(dead_letter::MESSAGE_HEADER)["t1"], Some("no such customer"));
    assert_eq!(header(dead_letter::CHANNEL_HEADER)["t3"], Some(address));
    let undecodable = letters.iter().find(|letter| letter.header("trace") == Some("t3")).expect("it is among them");
    assert_eq!(undecodable.body().as_ref(), br#"{"number": "seven"}"#);
    let attempts = team.handled().iter().filter(|handled| handled.number == 2).count();
    assert_eq!(attempts, 3, "all attempts were made");
    running.stop().await;
}

/// Messages of one customer keep their order, also if one is tried again.
///
/// # Panics
///
/// The transport does not pass.
pub async fn messages_with_one_key_are_handled_in_their_order<F: Fixture>() {
    let Some(fixture) = F::start().await else { return };
    let ended: Arc<std::sync::Mutex<Vec<(String, i64)>>> = Arc::default();
    let ends = Arc::clone(&ended);
    let team = Team::new(move |handled| {
        let ends = Arc::clone(&ends);
        async move {
            // A failed message holds up the later ones of its customer.
            if handled.number % 5 == 0 && handled.attempt == 1 {
                return Err(HandlerError::retry("later"));
            }
            tokio::task::yield_now().await;
            ends.lock().expect("no panic").push((handled.customer, handled.number));
            Ok(())
        }
    });
    let running = start(&fixture, &team).await;
    let orders = (0..30).map(|number| (["ada", "bob", "eve"][usize::try_from(number % 3).unwrap_or(0)], number));
    sends_orders(&fixture, orders).await;
    team.until(|handled| handled.len() == 36).await;
    running.stop().await;
    let ended = ended.lock().expect("no panic");
    for (customer, first) in [("ada", 0), ("bob", 1), ("eve", 2)] {
        let order: Vec<i64> = ended.iter().filter(|(name, _)| name == customer).map(|(_, number)| *number).collect();
        assert_eq!(order, (0..10).map(|step| first + 3 * step).collect::<Vec<_>>(), "{customer}");
    }
}

/// Two handlers run at once, and no more.
///
/// # Panics
///
/// The transport does not pass.
pub async fn no_more_handlers_run_at_once_than_allowed<F: Fixture>() {
    let Some(fixture) = F::start().await else { return };
    let (gate, running_now, most) =
        (Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (open, peak) = (Arc::clone(&gate), Arc::clone(&most));
    let team = Team::new(move |_| {
        let (gate, running_now, most) = (Arc::clone(&gate), Arc::clone(&running_now), Arc::clone(&most));
        async move {
            most.fetch_max(running_now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            gate.acquire().await?.forget();
            running_now.fetch_sub(1, Ordering::SeqCst);
            Ok(())
        }
    });
    let running = Running::start(consumer(&fixture, &team).await.with_concurrency(2).with_in_flight(4));
    let customers = ["ada", "bob", "eve", "dan", "kim", "max"];
    sends_orders(&fixture, customers.into_iter().zip(1..)).await;
    while peak.load(Ordering::SeqCst) < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    open.add_permits(customers.len());
    let handled = team.until(|handled| handled.len() == customers.len()).await;
    assert_eq!(numbers(&handled), (1..=6).collect());
    running.stop().await;
    assert_eq!(peak.load(Ordering::SeqCst), 2);
}

/// After the stop, the running handler ends, and the next consumer receives the other messages.
///
/// # Panics
///
/// The transport does not pass.
pub async fn a_drain_ends_running_handlers_and_returns_the_other_messages<F: Fixture>() {
    let Some(fixture) = F::start().await else { return };
    let gate = Arc::new(Semaphore::new(0));
    let open = Arc::clone(&gate);
    let team = Team::new(move |_| {
        let gate = Arc::clone(&gate);
        async move {
            gate.acquire().await?.forget();
            Ok(())
        }
    });
    let consumer = consumer(&fixture, &team).await.with_concurrency(1);
    let health = consumer.health();
    let running = Running::start(consumer);
    sends_orders(&fixture, [("ada", 1), ("bob", 2), ("eve", 3)]).await;
    team.until(|handled| handled.len() == 1).await;
    while health.received() < 3 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let Running { stop, task } = running;
    drop(stop);
    open.add_permits(1);
    assert_eq!(task.await.expect("the consumer does not panic"), ShutdownOutcome::Drained);
    let first = numbers(&team.handled());
    assert_eq!((first.len(), health.worker().counts().done), (1, 1), "the running handler ended, and no other began");

    let second = Team::new(|_| async { Ok(()) });
    let running = start(&fixture, &second).await;
    let handled = second.until(|handled| handled.len() == 2).await;
    let all: BTreeSet<i64> = first.union(&numbers(&handled)).copied().collect();
    assert_eq!(all, (1..=3).collect());
    running.stop().await;
}

/// Two requests at once get their own replies.
///
/// # Panics
///
/// The transport does not pass.
pub async fn requests_are_answered<F: Fixture>() {
    let Some(fixture) = F::start().await else { return };
    let team = Team::new(|_| async { Ok(()) });
    let running = start(&fixture, &team).await;
    let transport = fixture.transport().await;
    let (lamp, chair) = tokio::join!(quote(F::SEPARATOR, &transport, "lamp"), quote(F::SEPARATOR, &transport, "chair"));
    assert_eq!((lamp.expect("a reply"), chair.expect("a reply")), (4, 5));
    running.stop().await;
}

/// Each message that the broker has confirmed is handled, although the broker is killed meanwhile.
///
/// # Panics
///
/// The transport does not pass.
pub async fn a_killed_broker_loses_no_message_that_it_has_confirmed<F: Fixture>() {
    kill::<F>(40, 1).await;
}

/// The same with 2,000 messages, and a broker that is killed ten times. It takes about a minute.
///
/// # Panics
///
/// The transport does not pass.
pub async fn a_broker_that_is_killed_ten_times_loses_no_message<F: Fixture>() {
    kill::<F>(2_000, 10).await;
}

/// Sends orders one after the other, and kills the broker each time that some more were handled.
async fn kill<F: Fixture>(orders: usize, kills: usize) {
    let Some(mut fixture) = F::start().await else { return };
    let team = Team::new(|_| async {
        tokio::time::sleep(Duration::from_millis(2)).await;
        Ok(())
    });
    let running = start(&fixture, &team).await;
    let transport = fixture.transport().await;
    let sending = tokio::spawn(async move {
        for (number, customer) in (0..orders).zip(["ada", "bob"].into_iter().cycle()) {
            let number = i64::try_from(number).expect("a small number");
            place_until_confirmed(F::SEPARATOR, &transport, customer, number).await;
        }
    });
    for killed in 1..=kills {
        team.until(|handled| numbers(handled).len() >= orders * killed / (2 * (kills + 1))).await;
        fixture.kill_and_start_again().await;
    }
    sending.await.expect("every order is confirmed in the end");
    let handled = team.until(|handled| numbers(handled).len() == orders).await;
    let all = (0..orders).filter_map(|number| i64::try_from(number).ok());
    assert_eq!(numbers(&handled), all.collect());
    assert_eq!(running.stop().await, ShutdownOutcome::Drained);
}
