//! Export and import of events as JSON lines.

use std::error::Error;
use std::fmt;
use std::io::{self, BufRead, Write};
use std::time::{Duration, Instant};

use asyncapi_runtime::{Headers, Inbound};
use base16ct::{lower, mixed};
use bytes::Bytes;
use futures_util::future::join_all;
use serde_json::{Map, Value, json};

use super::{
    Delivery, DeliveryKind, EventId, Inbox, InboxError, OrderKey, Page, PutOutcome, Reason, Revision, State, Stored,
};

/// The `kind` of a line that is a canary.
const CANARY: &str = "canary";

/// The number of events that an import puts at once.
const BATCH: usize = 64;

/// The size of the lines that an import puts at once, in bytes. One more line may be longer.
const BATCH_BYTES: usize = 1 << 20;

/// The longest pause between two batches.
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// The number of events in an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Events that were stored.
    pub stored: u64,
    /// Events whose ids the inbox had already.
    pub duplicates: u64,
}

/// Why an export or an import stopped.
#[derive(Debug)]
pub enum TransferError {
    /// The inbox failed.
    Inbox(InboxError),
    /// Reading or writing the lines failed.
    Io(io::Error),
    /// A line is not valid.
    Line {
        /// The number of the line, from 1. The lines before it are imported.
        number: u64,
        /// The description of the problem.
        problem: String,
    },
}

/// Writes the events in this state as JSON lines with their payloads, in the order of arrival. Returns their number.
///
/// A line is an object with `id`, `kind` (only for a `canary`), `name`, `key`, `revision`, `revision_before`,
/// `received_at`, `channel`, `headers` (pairs; a value that is not UTF-8 is `{"hex": …}`), `body` (text; `body_hex` if the body is not UTF-8), `state`, `attempts`
/// and `reason` (with `kind`, `pointer` and `message`). Properties without a value are absent. Done events have no
/// payload and are not exported.
///
/// # Errors
///
/// The inbox or the writer failed. The last written line may be incomplete.
pub async fn export(inbox: &dyn Inbox, state: State, to: &mut (dyn Write + Send)) -> Result<u64, TransferError> {
    let mut page = Page::of(state);
    let mut written = 0;
    loop {
        let entries = inbox.list(page).await?;
        let Some(last) = entries.last().map(|entry| entry.entry_id) else {
            to.flush()?;
            return Ok(written);
        };
        for entry in entries {
            // The event may have been handled after it was listed.
            if let Some(Stored { entry, delivery: Some(delivery) }) = inbox.get(entry.entry_id).await? {
                writeln!(to, "{}", line(entry.state, entry.attempts, entry.reason.as_ref(), &delivery))?;
                written += 1;
            }
        }
        page = page.after(last);
    }
}

/// Puts the events of an export into an inbox: dead letters as dead letters, all others as ready. Attempt counts start
/// at 0.
///
/// # Errors
///
/// The inbox or the reader failed, or a line is not valid. All lines before an invalid line are imported. The same lines
/// can be imported again.
///
/// # Panics
///
/// Without a tokio runtime with its timer enabled.
pub async fn import(inbox: &dyn Inbox, from: &mut (dyn BufRead + Send)) -> Result<Imported, TransferError> {
    let mut imported = Imported::default();
    let mut line = String::new();
    let mut batch = Vec::new();
    let mut bytes = 0;
    for number in 1.. {
        line.clear();
        let is_end = from.read_line(&mut line)? == 0;
        let parsed = if is_end || line.trim().is_empty() { Ok(None) } else { parse(&line).map(Some) };
        bytes += line.len();
        match parsed {
            Ok(event) => batch.extend(event),
            Err(problem) => {
                put_batch(inbox, &mut batch, &mut imported).await?;
                return Err(TransferError::Line { number, problem });
            }
        }
        if is_end || batch.len() >= BATCH || bytes >= BATCH_BYTES {
            put_batch(inbox, &mut batch, &mut imported).await?;
            bytes = 0;
        }
        if is_end {
            break;
        }
    }
    Ok(imported)
}

/// Puts some events at once, so that a store commits them together. Then waits for as long as that took, so that a
/// receiver stores its events meanwhile.
async fn put_batch(
    inbox: &dyn Inbox,
    batch: &mut Vec<(Delivery, Option<Reason>)>,
    imported: &mut Imported,
) -> Result<(), InboxError> {
    let started = Instant::now();
    let puts = batch.drain(..).map(|(delivery, reason)| match reason {
        Some(reason) => inbox.put_dead(delivery, reason),
        None => inbox.put(delivery),
    });
    for put in join_all(puts).await {
        match put? {
            PutOutcome::Stored(_) => imported.stored += 1,
            PutOutcome::Duplicate => imported.duplicates += 1,
        }
    }
    tokio::time::sleep(started.elapsed().min(LONGEST_PAUSE)).await;
    Ok(())
}

fn line(state: State, attempts: u32, reason: Option<&Reason>, delivery: &Delivery) -> Value {
    let mut line = head(state, attempts, reason, delivery);
    let body = match std::str::from_utf8(delivery.inbound().body()) {
        Ok(text) => ("body", text.to_owned()),
        Err(_) => ("body_hex", lower::encode_string(delivery.inbound().body())),
    };
    line[body.0] = Value::String(body.1);
    line
}

/// A line without the body.
pub(super) fn head(state: State, attempts: u32, reason: Option<&Reason>, delivery: &Delivery) -> Value {
    let inbound = delivery.inbound();
    let headers: Vec<_> = inbound.headers().iter().map(|(name, value)| json!([name, header_value(value)])).collect();
    let mut head = json!({
        "id": delivery.id().as_str(),
        "kind": (delivery.kind() == DeliveryKind::Canary).then_some(CANARY),
        "name": delivery.name(),
        "key": delivery.key().map(OrderKey::as_str),
        "revision": delivery.revision().map(|revision| revision.number),
        "revision_before": delivery.revision().and_then(|revision| revision.before),
        "received_at": delivery.received_at().to_string(),
        "channel": inbound.channel(),
        "headers": headers,
        "state": state.as_str(),
        "attempts": attempts,
        "reason": reason.map(|reason| json!({
            "kind": reason.kind().as_str(),
            "pointer": reason.pointer(),
            "message": reason.message(),
        })),
    });
    if let Value::Object(properties) = &mut head {
        properties.retain(|_, value| !value.is_null());
    }
    head
}

fn parse(line: &str) -> Result<(Delivery, Option<Reason>), String> {
    let Value::Object(line) = serde_json::from_str(line).map_err(|error| error.to_string())? else {
        return Err("not an object".to_owned());
    };
    with_head(&line, body(&line)?)
}

/// Builds a delivery from a line and a body. Also returns the reason, if it was a dead letter.
pub(super) fn with_head(line: &Map<String, Value>, body: Bytes) -> Result<(Delivery, Option<Reason>), String> {
    let text = |name| line.get(name).and_then(Value::as_str);
    let integer = |name| line.get(name).and_then(Value::as_i64);
    let mut inbound = Inbound::new(body).with_headers(headers(line)?);
    if let Some(channel) = text("channel") {
        inbound = inbound.with_channel(channel);
    }
    let mut delivery = Delivery::new(EventId::new(text("id").ok_or("no id")?), inbound);
    if text("kind") == Some(CANARY) {
        delivery = delivery.with_kind(DeliveryKind::Canary);
    }
    if let Some(received_at) = text("received_at") {
        delivery = delivery.with_received_at(received_at.parse().map_err(|error| format!("received_at: {error}"))?);
    }
    if let Some(name) = text("name") {
        delivery = delivery.with_name(name);
    }
    if let Some(key) = text("key") {
        delivery = delivery.with_key(OrderKey::new(key));
    }
    if let Some(number) = integer("revision") {
        delivery = delivery.with_revision(Revision { number, before: integer("revision_before") });
    }
    Ok((delivery, reason(line)?))
}

fn body(line: &Map<String, Value>) -> Result<Bytes, String> {
    match (line.get("body"), line.get("body_hex")) {
        (Some(Value::String(text)), None) => Ok(text.clone().into()),
        (None, Some(Value::String(hex))) => {
            mixed::decode_vec(hex).map(Bytes::from).map_err(|error| format!("body_hex: {error}"))
        }
        _ => Err("neither a body nor a body_hex, or both".to_owned()),
    }
}

fn headers(line: &Map<String, Value>) -> Result<Headers, String> {
    let Some(pairs) = line.get("headers") else {
        return Ok(Headers::new());
    };
    let pairs: Vec<(String, Value)> =
        serde_json::from_value(pairs.clone()).map_err(|error| format!("headers: {error}"))?;
    pairs.into_iter().map(|(name, value)| Ok((name, header_bytes(&value)?))).collect()
}

/// A header as text, or as hex if it is not UTF-8.
fn header_value(value: &[u8]) -> Value {
    std::str::from_utf8(value).map_or_else(|_| json!({"hex": lower::encode_string(value)}), Value::from)
}

fn header_bytes(value: &Value) -> Result<Vec<u8>, String> {
    match (value, value.get("hex")) {
        (Value::String(text), _) => Ok(text.clone().into_bytes()),
        (_, Some(Value::String(hex))) => mixed::decode_vec(hex).map_err(|error| format!("headers: {error}")),
        _ => Err("headers: a value is neither a text nor hex".to_owned()),
    }
}

fn reason(line: &Map<String, Value>) -> Result<Option<Reason>, String> {
    let Some(reason) = line.get("reason") else {
        return Ok(None);
    };
    let text = |name| reason.get(name).and_then(Value::as_str);
    let kind = text("kind").ok_or("a reason without a kind")?.parse()?;
    let parsed = Reason::new(kind, text("message").unwrap_or_default());
    Ok(Some(match text("pointer") {
        Some(pointer) => parsed.with_pointer(pointer),
        None => parsed,
    }))
}

impl From<InboxError> for TransferError {
    fn from(error: InboxError) -> Self {
        Self::Inbox(error)
    }
}

impl From<io::Error> for TransferError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl fmt::Display for TransferError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inbox(_) => f.write_str("the inbox failed"),
            Self::Io(_) => f.write_str("the lines could not be read or written"),
            Self::Line { number, problem } => write!(f, "line {number}: {problem}"),
        }
    }
}

/// The cause, if there is a deeper one, is the `source`.
impl Error for TransferError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Inbox(error) => Some(error),
            Self::Io(error) => Some(error),
            Self::Line { .. } => None,
        }
    }
}
