//! Conversion between rows of the `event` table and Rust types.

use asyncapi_runtime::{BoxError, Headers, Inbound};
use bytes::Bytes;
use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Error, Row};
use sha2::{Digest, Sha256};

use crate::inbox::{Delivery, DeliveryKind, Entry, EntryId, EventId, OrderKey, Reason, Revision, State};

/// The columns of an [`Entry`], in the order in which [`entry`] expects them.
pub(super) const ENTRY: &str = "receipt, id, name, key, state, attempts, received_at, ifnull(length(body), 0), \
     reason, reason_pointer, reason_message";

/// The length of a checksum. It has to detect accidents only.
const CHECKSUM_BYTES: usize = 8;

/// The columns of a [`Delivery`], in the order in which [`delivery`] expects them.
pub(super) const DELIVERY: &str = "id, kind, name, key, revision, revision_before, received_at, channel, headers, body";

// The numbers of the states in the file and in its indexes. Never change them: existing files contain them.
pub(super) const READY: i64 = 0;
pub(super) const HELD: i64 = 1;
pub(super) const WAITING: i64 = 2;
pub(super) const LEASED: i64 = 3;
pub(super) const DONE: i64 = 4;
pub(super) const DEAD: i64 = 5;

pub(super) fn state_number(state: State) -> i64 {
    match state {
        State::Ready => READY,
        State::Held => HELD,
        State::Waiting => WAITING,
        State::Leased => LEASED,
        State::Done => DONE,
        State::Dead => DEAD,
    }
}

pub(super) fn kind_number(kind: DeliveryKind) -> i64 {
    match kind {
        DeliveryKind::Event => 0,
        DeliveryKind::Canary => 1,
    }
}

pub(super) fn entry(row: &Row<'_>) -> Result<Entry, Error> {
    let state: i64 = row.get(4)?;
    let state = State::ALL.into_iter().find(|known| state_number(*known) == state);
    let kind: Option<String> = row.get(8)?;
    let reason = match kind {
        None => None,
        Some(kind) => {
            let kind = kind.parse().map_err(|problem: String| unreadable(8, problem))?;
            let reason = Reason::new(kind, row.get::<_, Option<String>>(10)?.unwrap_or_default());
            let pointer: Option<String> = row.get(9)?;
            Some(match pointer {
                Some(pointer) => reason.with_pointer(pointer),
                None => reason,
            })
        }
    };
    Ok(Entry {
        entry_id: entry_id(row.get(0)?),
        id: EventId::new(row.get::<_, String>(1)?),
        name: row.get(2)?,
        key: row.get::<_, Option<String>>(3)?.map(OrderKey::new),
        state: state.ok_or_else(|| unreadable(4, "an unknown state"))?,
        attempts: row.get(5)?,
        received_at: instant(row.get(6)?),
        body_bytes: row.get::<_, i64>(7)?.unsigned_abs(),
        reason,
    })
}

pub(super) fn delivery(row: &Row<'_>) -> Result<Delivery, Error> {
    let body: Option<Vec<u8>> = row.get(9)?;
    let mut inbound = Inbound::new(Bytes::from(body.unwrap_or_default()));
    if let Some(headers) = row.get::<_, Option<Vec<u8>>>(8)? {
        inbound = inbound.with_headers(read_headers(&headers)?);
    }
    if let Some(channel) = row.get::<_, Option<String>>(7)? {
        inbound = inbound.with_channel(channel);
    }
    let kind = if row.get::<_, i64>(1)? == kind_number(DeliveryKind::Canary) {
        DeliveryKind::Canary
    } else {
        DeliveryKind::Event
    };
    let mut delivery = Delivery::new(EventId::new(row.get::<_, String>(0)?), inbound)
        .with_kind(kind)
        .with_received_at(instant(row.get(6)?));
    if let Some(name) = row.get::<_, Option<String>>(2)? {
        delivery = delivery.with_name(name);
    }
    if let Some(key) = row.get::<_, Option<String>>(3)? {
        delivery = delivery.with_key(OrderKey::new(key));
    }
    if let Some(number) = row.get(4)? {
        delivery = delivery.with_revision(Revision { number, before: row.get(5)? });
    }
    Ok(delivery)
}

/// Encodes headers as a sequence of name, value, name, value. Each is preceded by its length, as a little-endian `u32`.
/// The format is binary because header values are bytes.
pub(super) fn write_headers(headers: &Headers) -> Vec<u8> {
    let mut written = Vec::new();
    for part in headers.iter().flat_map(|(name, value)| [name.as_bytes(), value]) {
        let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
        written.extend_from_slice(&length.to_le_bytes());
        written.extend_from_slice(&part[..length as usize]);
    }
    written
}

fn read_headers(mut written: &[u8]) -> Result<Headers, Error> {
    let mut headers = Headers::new();
    while !written.is_empty() {
        let (Some(name), Some(value)) = (part(&mut written), part(&mut written)) else {
            return Err(unreadable(8, "headers cut short"));
        };
        headers.append(String::from_utf8(name).map_err(|error| unreadable(8, error))?, value);
    }
    Ok(headers)
}

fn part(written: &mut &[u8]) -> Option<Vec<u8>> {
    let length = u32::from_le_bytes(*written.split_off(..4)?.first_chunk()?);
    written.split_off(..usize::try_from(length).ok()?).map(<[u8]>::to_vec)
}

/// The checksum of an event: a short SHA-256 over its id, headers and body, each preceded by its length.
pub(super) fn checksum(id: &str, headers: &[u8], body: &[u8]) -> Vec<u8> {
    let mut digest = Sha256::new();
    for part in [id.as_bytes(), headers, body] {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    digest.finalize()[..CHECKSUM_BYTES].to_vec()
}

/// Checks the checksum of a row with the columns of [`DELIVERY`], the attempts and the checksum. Events of earlier
/// releases have none.
pub(super) fn check(row: &Row<'_>) -> Result<(), Error> {
    let Some(stored) = row.get::<_, Option<Vec<u8>>>(11)? else {
        return Ok(());
    };
    let blob = |column| row.get::<_, Option<Vec<u8>>>(column).map(Option::unwrap_or_default);
    let found = checksum(&row.get::<_, String>(0)?, &blob(8)?, &blob(9)?);
    if found == stored { Ok(()) } else { Err(unreadable(9, "the checksum of the event is wrong")) }
}

pub(super) fn entry_id(number: i64) -> EntryId {
    EntryId(number.unsigned_abs())
}

fn instant(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn unreadable(column: usize, problem: impl Into<BoxError>) -> Error {
    Error::FromSqlConversionFailure(column, Type::Blob, problem.into())
}
