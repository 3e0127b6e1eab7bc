//! The streams and consumers, and what is read from them.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{Config, RawMessageErrorKind, RetentionPolicy, State as StreamState, Stream};
use sha2::{Digest, Sha256};

use crate::inbox::{Delivery, Entry, InboxError, OrderKey, Reason, Receipt, State};

/// Each is handled in order.
pub(super) const PARTITIONS: usize = 32;
pub(super) const DEAD_SUFFIX: &str = "_dead";

/// How long a server knows an id.
const DUPLICATE_WINDOW: Duration = Duration::from_secs(2 * 60 * 60);

pub(super) fn queue(name: &str, replicas: usize) -> Config {
    Config {
        name: name.to_owned(),
        subjects: vec![format!("{name}.*")],
        retention: RetentionPolicy::WorkQueue,
        num_replicas: replicas,
        duplicate_window: DUPLICATE_WINDOW,
        ..Config::default()
    }
}

pub(super) fn dead(name: &str, replicas: usize) -> Config {
    let name = format!("{name}{DEAD_SUFFIX}");
    let subjects = vec![name.clone()];
    Config { name, subjects, num_replicas: replicas, duplicate_window: DUPLICATE_WINDOW, ..Config::default() }
}

/// One at a time, for as long as it takes: the worker counts attempts, not the server.
pub(super) fn consumer(name: &str, partition: usize, lease: Duration) -> pull::Config {
    pull::Config {
        durable_name: Some(format!("partition_{partition}")),
        filter_subject: subject(name, partition),
        ack_policy: AckPolicy::Explicit,
        ack_wait: lease,
        max_ack_pending: 1,
        ..pull::Config::default()
    }
}

pub(super) fn subject(name: &str, partition: usize) -> String {
    format!("{name}.{partition}")
}

/// By the key, or where there is none by the id, so that the partitions fill alike.
pub(super) fn partition(delivery: &Delivery) -> usize {
    let of = delivery.key().map_or_else(|| delivery.id().as_str(), OrderKey::as_str);
    usize::from(Sha256::digest(of.as_bytes())[0]) % PARTITIONS
}

pub(super) async fn state(stream: &Stream) -> Result<StreamState, InboxError> {
    stream.get_info().await.map(|info| info.state).map_err(super::unavailable)
}

/// The message of this number, if it is still there.
pub(super) async fn message(stream: &Stream, sequence: u64) -> Result<Option<StreamMessage>, InboxError> {
    match stream.get_raw_message(sequence).await {
        Ok(message) => Ok(Some(message)),
        Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => Ok(None),
        Err(error) => Err(super::unavailable(error)),
    }
}

pub(super) fn entry(receipt: Receipt, delivery: &Delivery, state: State, reason: Option<Reason>) -> Entry {
    Entry {
        receipt,
        id: delivery.id().clone(),
        name: delivery.name().map(str::to_owned),
        key: delivery.key().cloned(),
        state,
        attempts: 0,
        received_at: delivery.received_at(),
        body_bytes: delivery.inbound().body().len() as u64,
        reason,
    }
}
