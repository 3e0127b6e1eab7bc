//! The limits of `serve`, with their defaults.

use std::num::NonZeroU32;
use std::time::Duration;

use clap::Args;
use kustomer_webhooks::DurableReceiver;
use kustomer_webhooks::asyncapi_receiver::worker::{CircuitBreaker, RetryPolicy};

use super::forwarder::Forwarder;
use crate::error::Failure;
use crate::{duration, size};

/// File descriptors that are not connections, for the inbox and for forwarding.
#[cfg(unix)]
const OTHER_DESCRIPTORS: u64 = 256;

/// The timeout of the last query for the counts of the inbox.
pub(super) const FINAL_STATS_TIMEOUT: Duration = Duration::from_millis(500);

/// The part of `--drain` that is reserved for the last query and for closing the inbox. A supervisor that kills the process
/// after `--drain` must not be too early.
const SHUTDOWN_RESERVE: Duration = Duration::from_secs(2);

/// How long a target that fails is left alone, the first time and at most.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The limits of one request.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Request limits")]
pub(super) struct RequestLimits {
    /// The time limit for the head of a request. Also the idle limit of a connection before its first 2xx response
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = duration::parse)]
    header_deadline: Duration,
    /// The idle limit of a connection between requests, after its first 2xx response
    #[arg(long, value_name = "DURATION", default_value = "2m", value_parser = duration::parse)]
    idle_deadline: Duration,
    /// The size limit of the head of a request. The response to a larger one is 431
    #[arg(long, value_name = "SIZE", default_value = "16KiB", value_parser = size::parse)]
    header_limit: usize,
    /// The time limit for a body. The response to a slower one is 408
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration::parse)]
    body_deadline: Duration,
    /// The size limit of a body. The response to a larger one is 413
    #[arg(long, value_name = "SIZE", default_value = "8MiB", value_parser = size::parse)]
    body_limit: usize,
    /// The total size of all bodies in memory. It must not be less than --body-limit. The response above it is 503
    #[arg(long, value_name = "SIZE", default_value = "64MiB", value_parser = size::parse)]
    body_budget: usize,
    /// The time limit for storing an event. The response after it is 503
    #[arg(long, value_name = "DURATION", default_value = "2s", value_parser = duration::parse)]
    store_deadline: Duration,
    /// The maximum number of open connections. More connections wait. Each one needs a file descriptor (ulimit -n)
    #[arg(long, value_name = "N", default_value_t = 4_096)]
    connections: usize,
}

/// How events are forwarded, and how long they are kept.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Forwarding")]
pub(super) struct ForwardingOptions {
    /// How many events are forwarded at once
    #[arg(long, value_name = "N", default_value_t = 16)]
    concurrency: usize,
    /// The time limit for forwarding one event
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration::parse)]
    deadline: Duration,
    /// The number of attempts before an event becomes a dead letter
    #[arg(long, value_name = "N", default_value_t = 25, value_parser = clap::value_parser!(u32).range(1..))]
    attempts: u32,
    /// The delay before the second attempt. Later delays grow
    #[arg(long, value_name = "DURATION", default_value = "1s", value_parser = duration::parse)]
    first_retry: Duration,
    /// The delay before the last attempt
    #[arg(long, value_name = "DURATION", default_value = "12h", value_parser = duration::parse)]
    last_retry: Duration,
    /// How many attempts in a row may fail until the target is asked by one event at a time. 0 turns that off
    #[arg(long, value_name = "N", default_value_t = 20)]
    pause_after: u32,
    /// The maximum number of attempts per second. By default there is no maximum
    #[arg(long, value_name = "N")]
    max_rate: Option<NonZeroU32>,
    /// How long the ids of done events are kept to detect duplicates
    #[arg(long, value_name = "DURATION", default_value = "7d", value_parser = duration::parse)]
    horizon: Duration,
    /// How long dead letters are kept. By default they are kept until they are retried or discarded
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    keep_dead: Option<Duration>,
}

/// The shutdown and the health checks.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Running")]
pub(super) struct LifecycleOptions {
    /// The time limit for the shutdown, in which open requests are answered and running events are finished
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration::parse)]
    drain: Duration,
    /// The interval of canaries: test events that serve sends to itself and does not forward. 0s turns them off
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration::parse)]
    canary: Duration,
    /// The time without activity of the worker after which /livez answers 503
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration::parse)]
    silence: Duration,
}

impl RequestLimits {
    pub(super) fn body_limit(&self) -> usize {
        self.body_limit
    }

    /// Checks that one body fits into the budget for all bodies.
    pub(super) fn check(&self) -> Result<(), Failure> {
        if self.body_limit <= self.body_budget {
            return Ok(());
        }
        let (limit, budget) = (self.body_limit, self.body_budget);
        let message = format!("--body-limit ({limit} bytes) is larger than --body-budget ({budget} bytes)");
        Err(Failure::usage(message, "set --body-budget to several times --body-limit"))
    }

    /// Raises the limit of file descriptors to what the connections need. If the limit stays lower, there are fewer
    /// connections, so that the inbox and the forwarding have descriptors left.
    pub(super) fn fit_descriptor_limit(&mut self) {
        #[cfg(unix)]
        {
            use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

            let limit = getrlimit(Resource::Nofile);
            let needed = u64::try_from(self.connections).unwrap_or(u64::MAX).saturating_add(OTHER_DESCRIPTORS);
            let Some(current) = limit.current.filter(|current| *current < needed) else { return };
            let allowed = limit.maximum.map_or(needed, |maximum| maximum.min(needed));
            let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(allowed), maximum: limit.maximum });
            let allowed = if raised.is_ok() { allowed } else { current };
            if allowed < needed {
                let connections = allowed.saturating_sub(OTHER_DESCRIPTORS).max(allowed / 4).max(1);
                self.connections = usize::try_from(connections).unwrap_or(self.connections).min(self.connections);
                tracing::warn!(
                    needed,
                    allowed,
                    connections = self.connections,
                    "there are fewer connections, because the limit of file descriptors is low; see ulimit -n"
                );
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

impl ForwardingOptions {
    pub(super) fn apply(&self, receiver: DurableReceiver<Forwarder>) -> DurableReceiver<Forwarder> {
        let retries = RetryPolicy::new(self.attempts, self.first_retry, self.last_retry);
        receiver.with_worker(|worker| {
            let worker = worker.with_concurrency(self.concurrency).with_handler_deadline(self.deadline);
            let breaker =
                (self.pause_after > 0).then(|| CircuitBreaker::new(self.pause_after, FIRST_PAUSE, LONGEST_PAUSE));
            let worker = worker.with_retry_policy(retries).with_circuit_breaker(breaker).with_rate_limit(self.max_rate);
            worker.with_horizon(self.horizon).with_dead_letter_retention(self.keep_dead)
        })
    }
}

impl LifecycleOptions {
    pub(super) fn apply(&self, receiver: DurableReceiver<Forwarder>) -> DurableReceiver<Forwarder> {
        let Self { drain, canary, silence } = self.clone();
        let drain = drain.saturating_sub(SHUTDOWN_RESERVE.min(drain / 2));
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

    use super::{ForwardingOptions, LifecycleOptions, RequestLimits};

    #[derive(Parser)]
    struct Limits {
        #[command(flatten)]
        requests: RequestLimits,
        #[command(flatten)]
        forwarding: ForwardingOptions,
        #[command(flatten)]
        lifecycle: LifecycleOptions,
    }

    #[test]
    fn the_defaults_equal_the_defaults_of_the_receiver() {
        let Limits { requests, forwarding, lifecycle } = Limits::parse_from(["serve"]);
        let durations = [
            (requests.header_deadline, defaults::HEADER_DEADLINE),
            (requests.idle_deadline, defaults::IDLE_DEADLINE),
            (requests.body_deadline, defaults::BODY_DEADLINE),
            (requests.store_deadline, defaults::STORE_DEADLINE),
            (forwarding.deadline, defaults::HANDLER_DEADLINE),
            (forwarding.first_retry, defaults::FIRST_RETRY),
            (forwarding.last_retry, defaults::LAST_RETRY),
            (forwarding.horizon, defaults::HORIZON),
            (lifecycle.drain, defaults::DRAIN),
            (lifecycle.canary, defaults::CANARY_PERIOD),
            (lifecycle.silence, defaults::WORKER_SILENCE),
        ];
        for (ours, default) in durations {
            assert_eq!(ours, default);
        }
        let numbers = [
            (requests.header_limit, defaults::HEADER_LIMIT),
            (requests.body_limit, defaults::BODY_LIMIT),
            (requests.body_budget, defaults::BODY_BUDGET),
            (requests.connections, defaults::CONNECTIONS),
            (forwarding.concurrency, defaults::CONCURRENCY),
        ];
        for (ours, default) in numbers {
            assert_eq!(ours, default);
        }
        assert_eq!((forwarding.attempts, forwarding.keep_dead), (defaults::ATTEMPTS, defaults::DEAD_LETTER_RETENTION));
    }
}
