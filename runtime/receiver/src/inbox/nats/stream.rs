//! The configuration of streams and consumers, their subjects, and functions that read messages.

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

/// The number of partitions of the queue. The events of a partition are handled in order.
pub(super) const PARTITIONS: usize = 32;
const DEAD_SUFFIX: &str = "_dead";

const REVISIONS_SUFFIX: &str = "_revisions";

/// How long the server recognizes a message id as a duplicate.
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

/// One message per resource, kept as long as another inbox keeps the ids of handled events.
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

/// One event at a time, with unlimited redelivery: the worker counts the attempts, not the server.
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

/// The subject of the last arrival. It is not the subject of a resource, because those end with a hash.
pub(super) fn arrival_subject(name: &str) -> String {
    revision_subject(name, "last_event")
}

/// The subject of the uptime. Not the subject of a resource either.
pub(super) fn lived_subject(name: &str) -> String {
    revision_subject(name, "lived")
}

/// The subject of messages that only test whether the server stores.
pub(super) fn probe_subject(name: &str) -> String {
    revision_subject(name, "probe")
}

/// The subject of the attempt log of an event. Not the subject of a resource either.
pub(super) fn attempt_log_subject(name: &str, sequence: u64) -> String {
    revision_subject(name, &format!("history_{sequence}"))
}

/// The stream of an event and its sequence number there. Both streams count from 1, so an [`EntryId`] encodes the
/// stream.
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

    /// The smallest sequence number in the queue whose entry id is greater than this one.
    pub(super) fn first_pending_after(entry_id: EntryId) -> u64 {
        entry_id.0 / 2 + 1
    }

    /// The smallest sequence number among the dead letters whose entry id is greater than this one.
    pub(super) fn first_dead_after(entry_id: EntryId) -> u64 {
        entry_id.0.div_ceil(2)
    }
}

/// The partition, by the hash of the key. An event without a key is distributed by its id.
pub(super) fn partition(delivery: &Delivery) -> usize {
    let of = delivery.key().map_or_else(|| delivery.id().as_str(), OrderKey::as_str);
    usize::from(Sha256::digest(of.as_bytes())[0]) % PARTITIONS
}

pub(super) async fn state(stream: &Stream) -> Result<StreamState, InboxError> {
    stream.get_info().await.map(|info| info.state).map_err(super::unavailable)
}

/// The message with this sequence number, if it still exists.
pub(super) async fn message(stream: &Stream, sequence: u64) -> Result<Option<StreamMessage>, InboxError> {
    found(stream.get_raw_message(sequence).await)
}

/// The first message with this sequence number or a greater one. The server skips deleted messages.
pub(super) async fn next(stream: &Stream, subject: &str, from: u64) -> Result<Option<StreamMessage>, InboxError> {
    found(stream.get_first_raw_message_by_subject(subject, from.max(1)).await)
}

/// The last message with this subject.
pub(super) async fn last(stream: &Stream, subject: &str) -> Result<Option<StreamMessage>, InboxError> {
    found(stream.get_last_raw_message_by_subject(subject).await)
}

/// The sequence number of the event with this id. Reads the stream from its beginning.
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
