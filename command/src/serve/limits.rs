//! Every limit of the receiver, with its default.

use std::time::Duration;

use clap::Args;
use kustomer_webhooks::DurableReceiver;
use kustomer_webhooks::asyncapi_receiver::worker::RetryPolicy;

use super::forwarder::Forwarder;
use crate::error::Failure;
use crate::{size, span};

/// File descriptors that are not connections: the inbox, and what events are passed on by.
#[cfg(unix)]
const DESCRIPTORS_BESIDE: u64 = 256;

/// How long the inbox has at the very end to say what is in it.
pub(super) const LAST_LOOK: Duration = Duration::from_millis(500);

/// What the end takes beside what is drained, the last look and the closing of the inbox among it: whoever waits for the
/// whole and then kills, as supervisors do, is not to be a moment too early.
const ENDING: Duration = Duration::from_secs(2);

/// What a request may cost.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Limits of requests")]
pub(super) struct Receiving {
    /// How long the head of a request may take, and a connection be without one before any was answered 2xx
    #[arg(long, value_name = "SPAN", default_value = "5s", value_parser = span::parse)]
    header_deadline: Duration,
    /// How long a connection is kept between requests, once one was answered 2xx
    #[arg(long, value_name = "SPAN", default_value = "2m", value_parser = span::parse)]
    idle_deadline: Duration,
    /// How large the head of a request may be; above it 431
    #[arg(long, value_name = "SIZE", default_value = "64KiB", value_parser = size::parse)]
    header_limit: usize,
    /// How long a body may take; beyond it 408
    #[arg(long, value_name = "SPAN", default_value = "10s", value_parser = span::parse)]
    body_deadline: Duration,
    /// How large a body may be; above it 413
    #[arg(long, value_name = "SIZE", default_value = "8MiB", value_parser = size::parse)]
    body_limit: usize,
    /// How large the bodies in memory may be together, and so one of them; above it 503
    #[arg(long, value_name = "SIZE", default_value = "64MiB", value_parser = size::parse)]
    body_budget: usize,
    /// How long storing may take; beyond it 503
    #[arg(long, value_name = "SPAN", default_value = "2s", value_parser = span::parse)]
    store_deadline: Duration,
    /// How many connections there may be at once; more wait. Each is a file descriptor (ulimit -n)
    #[arg(long, value_name = "N", default_value_t = 4_096)]
    connections: usize,
}

/// How events are passed on, and for how long they are kept.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Passing on")]
pub(super) struct Handling {
    /// How many events are passed on at once
    #[arg(long, value_name = "N", default_value_t = 16)]
    concurrency: usize,
    /// How long passing on one event may take
    #[arg(long, value_name = "SPAN", default_value = "60s", value_parser = span::parse)]
    deadline: Duration,
    /// How often an event is tried before it is a dead letter
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..))]
    attempts: u32,
    /// How long after the first failure an event is tried again; the spans after that grow
    #[arg(long, value_name = "SPAN", default_value = "1s", value_parser = span::parse)]
    first_retry: Duration,
    /// How long before the last attempt
    #[arg(long, value_name = "SPAN", default_value = "10m", value_parser = span::parse)]
    last_retry: Duration,
    /// For how long the ids of events that were passed on are kept, so that a duplicate is known
    #[arg(long, value_name = "SPAN", default_value = "7d", value_parser = span::parse)]
    horizon: Duration,
    /// For how long dead letters are kept, while serve runs; without it until they are retried or discarded
    #[arg(long, value_name = "SPAN", value_parser = span::parse)]
    keep_dead: Option<Duration>,
}

/// When it ends, and how it is seen to be alive.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Running")]
pub(super) struct Running {
    /// How long it may take to end once it is told to: requests are answered, and events passed on
    #[arg(long, value_name = "SPAN", default_value = "30s", value_parser = span::parse)]
    drain: Duration,
    /// How often it sends itself a canary, an event of its own that is passed on to nobody; 0s for never
    #[arg(long, value_name = "SPAN", default_value = "60s", value_parser = span::parse)]
    canary: Duration,
    /// For how long its worker may be silent before /livez answers 503
    #[arg(long, value_name = "SPAN", default_value = "60s", value_parser = span::parse)]
    silence: Duration,
}

impl Receiving {
    pub(super) fn body_limit(&self) -> usize {
        self.body_limit
    }

    /// An error where the limits contradict each other.
    pub(super) fn check(&self) -> Result<(), Failure> {
        if self.body_limit <= self.body_budget {
            return Ok(());
        }
        let (limit, budget) = (self.body_limit, self.body_budget);
        let what = format!("a body of {limit} bytes (--body-limit) is larger than all may be together ({budget})");
        Err(Failure::call(what, "give a --body-budget of several times --body-limit"))
    }

    /// Asks the system for as many file descriptors as connections need, and says so where it does not give them.
    pub(super) fn make_room(&self) {
        #[cfg(unix)]
        {
            use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

            let limit = getrlimit(Resource::Nofile);
            let needed = u64::try_from(self.connections).unwrap_or(u64::MAX).saturating_add(DESCRIPTORS_BESIDE);
            let given = limit.maximum.map_or(needed, |maximum| maximum.min(needed));
            if limit.current.is_some_and(|current| current < needed) {
                let asked = setrlimit(Resource::Nofile, Rlimit { current: Some(given), maximum: limit.maximum });
                if asked.is_err() || given < needed {
                    tracing::warn!(needed, given, "fewer file descriptors than connections may need; see ulimit -n");
                }
            }
        }
    }

    pub(super) fn apply(&self, receiver: DurableReceiver<Forwarder>) -> DurableReceiver<Forwarder> {
        let Self {
            header_deadline,
            idle_deadline,
            header_limit,
            body_deadline,
            body_limit,
            body_budget,
            store_deadline,
            connections,
        } = self.clone();
        receiver
            .with_durable(|durable| durable.with_store_deadline(store_deadline))
            .with_receiver(|receiver| {
                let receiver = receiver.with_body_deadline(body_deadline).with_body_limit(body_limit);
                receiver.with_body_budget(body_budget)
            })
            .with_server(move |server| {
                let server = server.with_header_deadline(header_deadline).with_idle_deadline(idle_deadline);
                server.with_header_limit(header_limit).with_connections(connections)
            })
    }
}

impl Handling {
    pub(super) fn apply(&self, receiver: DurableReceiver<Forwarder>) -> DurableReceiver<Forwarder> {
        let retries = RetryPolicy::new(self.attempts, self.first_retry, self.last_retry);
        receiver.with_worker(|worker| {
            let worker = worker.with_concurrency(self.concurrency).with_handler_deadline(self.deadline);
            let worker = worker.with_retry_policy(retries);
            worker.with_horizon(self.horizon).with_dead_letter_retention(self.keep_dead)
        })
    }
}

impl Running {
    pub(super) fn apply(&self, receiver: DurableReceiver<Forwarder>) -> DurableReceiver<Forwarder> {
        let Self { drain, canary, silence } = self.clone();
        let drain = drain.saturating_sub(ENDING.min(drain / 2));
        receiver
            .with_worker(|worker| worker.with_drain(drain).with_canary((!canary.is_zero()).then_some(canary)))
            .with_server(move |server| server.with_drain(drain))
            .with_monitor(move |monitor| monitor.with_worker_deadline(silence))
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use kustomer_webhooks::asyncapi_receiver::defaults;

    use super::{Handling, Receiving, Running};

    #[derive(Parser)]
    struct Limits {
        #[command(flatten)]
        receiving: Receiving,
        #[command(flatten)]
        handling: Handling,
        #[command(flatten)]
        running: Running,
    }

    #[test]
    fn the_defaults_are_those_of_the_runtime() {
        let Limits { receiving, handling, running } = Limits::parse_from(["serve"]);
        let durations = [
            (receiving.header_deadline, defaults::HEADER_DEADLINE),
            (receiving.idle_deadline, defaults::IDLE_DEADLINE),
            (receiving.body_deadline, defaults::BODY_DEADLINE),
            (receiving.store_deadline, defaults::STORE_DEADLINE),
            (handling.deadline, defaults::HANDLER_DEADLINE),
            (handling.first_retry, defaults::FIRST_RETRY),
            (handling.last_retry, defaults::LAST_RETRY),
            (handling.horizon, defaults::HORIZON),
            (running.drain, defaults::DRAIN),
            (running.canary, defaults::CANARY_PERIOD),
            (running.silence, defaults::WORKER_SILENCE),
        ];
        for (here, there) in durations {
            assert_eq!(here, there);
        }
        let numbers = [
            (receiving.header_limit, defaults::HEADER_LIMIT),
            (receiving.body_limit, defaults::BODY_LIMIT),
            (receiving.body_budget, defaults::BODY_BUDGET),
            (receiving.connections, defaults::CONNECTIONS),
            (handling.concurrency, defaults::CONCURRENCY),
        ];
        for (here, there) in numbers {
            assert_eq!(here, there);
        }
        assert_eq!((handling.attempts, handling.keep_dead), (defaults::ATTEMPTS, defaults::DEAD_LETTER_RETENTION));
    }
}
