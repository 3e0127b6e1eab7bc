//! The streams and consumers, and what is read from them.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{
    Config, RawMessageError, RawMessageErrorKind, RetentionPolicy, State as StreamState, Stream,
};
use sha2::{Digest, Sha256};

use super::codec::{self, WireMessage};
use crate::defaults;
use crate::inbox::{Delivery, Entry, EntryId, EventId, InboxError, OrderKey, State};

/// Each is handled in order.
pub(super) const PARTITIONS: usize = 32;
const DEAD_SUFFIX: &str = "_dead";

const REVISIONS_SUFFIX: &str = "_revisions";

/// How long a server knows an id.
const DUPLICATE_WINDOW: Duration = Duration::from_secs(2 * 60 * 60);

pub(super) fn queue(name: &str, replicas: usize) -> Config {
    Config {
        name: name.to_owned(),
        subjects: vec![every_subject(name)],
        retention: RetentionPolicy::WorkQueue,
        num_replicas: replicas,
        duplicate_window: DUPLICATE_WINDOW,
        ..Config::default()
    }
}

pub(super) fn dead(name: &str, replicas: usize) -> Config {
    Config {
        name: format!("{name}{DEAD_SUFFIX}"),
        subjects: vec![dead_subject(name)],
        num_replicas: replicas,
        duplicate_window: DUPLICATE_WINDOW,
        ..Config::default()
    }
}

/// One message a resource, for as long as its done events would be known.
pub(super) fn revisions(name: &str, replicas: usize) -> Config {
    Config {
        name: format!("{name}{REVISIONS_SUFFIX}"),
        subjects: vec![revision_subject(name, "*")],
        num_replicas: replicas,
        max_messages_per_subject: 1,
        max_age: defaults::HORIZON,
        ..Config::default()
    }
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

pub(super) fn every_subject(name: &str) -> String {
    format!("{name}.*")
}

pub(super) fn dead_subject(name: &str) -> String {
    format!("{name}{DEAD_SUFFIX}")
}

pub(super) fn revision_subject(name: &str, resource: &str) -> String {
    format!("{name}{REVISIONS_SUFFIX}.{resource}")
}

/// No resource is called so: those are hashes.
pub(super) fn arrival_subject(name: &str) -> String {
    revision_subject(name, "last_event")
}

/// Nor so.
pub(super) fn lived_subject(name: &str) -> String {
    revision_subject(name, "lived")
}

/// Nor so.
pub(super) fn attempt_log_subject(name: &str, sequence: u64) -> String {
    revision_subject(name, &format!("history_{sequence}"))
}

/// Where an event is. Both streams count from 1, and a receipt has to tell one from the other.
#[derive(Clone, Copy)]
pub(super) enum StreamSeq {
    Queue(u64),
    Dead(u64),
}

impl StreamSeq {
    pub(super) fn entry_id(self) -> EntryId {
        EntryId(match self {
            Self::Queue(sequence) => sequence.saturating_mul(2),
            Self::Dead(sequence) => sequence.saturating_mul(2).saturating_add(1),
        })
    }

    pub(super) fn of(entry_id: EntryId) -> Self {
        if entry_id.0.is_multiple_of(2) { Self::Queue(entry_id.0 / 2) } else { Self::Dead(entry_id.0 / 2) }
    }

    /// The number of the first that is listed after this one, or would be.
    pub(super) fn first_pending_after(entry_id: EntryId) -> u64 {
        entry_id.0 / 2 + 1
    }

    pub(super) fn first_dead_after(entry_id: EntryId) -> u64 {
        entry_id.0.div_ceil(2)
    }
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
    found(stream.get_raw_message(sequence).await)
}

/// The first message from this number on. Those that are gone cost nothing.
pub(super) async fn next(stream: &Stream, subject: &str, from: u64) -> Result<Option<StreamMessage>, InboxError> {
    found(stream.get_first_raw_message_by_subject(subject, from.max(1)).await)
}

/// The last message of this subject.
pub(super) async fn last(stream: &Stream, subject: &str) -> Result<Option<StreamMessage>, InboxError> {
    found(stream.get_last_raw_message_by_subject(subject).await)
}

/// The number of the event of this id, which is looked for from the beginning.
pub(super) async fn find(stream: &Stream, subject: &str, id: &EventId) -> Result<Option<u64>, InboxError> {
    let mut from = 1;
    while let Some(message) = next(stream, subject, from).await? {
        if codec::read(&message.payload).is_ok_and(|event| event.delivery.id() == id) {
            return Ok(Some(message.sequence));
        }
        from = message.sequence.saturating_add(1);
    }
    Ok(None)
}

fn found(message: Result<StreamMessage, RawMessageError>) -> Result<Option<StreamMessage>, InboxError> {
    match message {
        Ok(message) => Ok(Some(message)),
        Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => Ok(None),
        Err(error) => Err(super::unavailable(error)),
    }
}

pub(super) fn entry(seat: StreamSeq, event: &WireMessage, state: State) -> Entry {
    let WireMessage { delivery, attempts, reason, .. } = event;
    Entry {
        entry_id: seat.entry_id(),
        id: delivery.id().clone(),
        name: delivery.name().map(str::to_owned),
        key: delivery.key().cloned(),
        state,
        attempts: *attempts,
        received_at: delivery.received_at(),
        body_bytes: delivery.inbound().body().len() as u64,
        reason: reason.clone(),
    }
}
