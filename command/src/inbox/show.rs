//! Prints events as text or as JSON.

use std::fmt::Write as _;

use kustomer_webhooks::asyncapi_receiver::inbox::{Delivery, Entry, OrderKey, Reason, Stats, Stored};
use serde_json::{Value, json};

use crate::error::{Failure, Outcome};
use crate::output;

pub(super) fn print_list(entries: &[Entry], stats: Stats, json: bool) -> Result<Outcome, Failure> {
    let mut text = String::new();
    if json {
        let events: Vec<Value> = entries.iter().map(entry_json).collect();
        let oldest = stats.oldest_pending.map(|age| age.as_secs_f64());
        let last = stats.last_event.map(|age| age.as_secs_f64());
        let listed = json!({
            "pending": stats.pending, "dead": stats.dead, "oldest_pending_seconds": oldest,
            "last_event_seconds": last, "events": events,
        });
        let _infallible = writeln!(text, "{listed}");
    } else {
        if !entries.is_empty() {
            let _infallible =
                writeln!(text, "receipt   state    received                  name  resource  attempts  id");
        }
        for entry in entries {
            text.push_str(&entry_line(entry));
        }
        let _infallible = writeln!(text, "{} pending, {} dead in total", stats.pending, stats.dead);
    }
    output::print(&text).map(|()| Outcome::Yes)
}

pub(super) fn print_event(stored: &Stored, json: bool) -> Result<Outcome, Failure> {
    let body = stored.delivery.as_ref().map(|delivery| String::from_utf8_lossy(delivery.inbound().body()));
    let text = if json {
        let mut value = entry_json(&stored.entry);
        value["headers"] = json!(stored.delivery.as_ref().map(headers));
        value["body"] = json!(body);
        format!("{value}\n")
    } else {
        let mut text = entry_line(&stored.entry);
        for (name, value) in stored.delivery.iter().flat_map(headers) {
            let _infallible = writeln!(text, "          {}: {}", escaped(&name), escaped(&value));
        }
        let body = body.as_deref().map_or_else(
            || "(the body is deleted when the event is done)".to_owned(),
            |body| body.split('\n').map(escaped).collect::<Vec<_>>().join("\n"),
        );
        let _infallible = writeln!(text, "\n{body}");
        text
    };
    output::print(&text).map(|()| Outcome::Yes)
}

fn headers(delivery: &Delivery) -> Vec<(String, String)> {
    let headers = delivery.inbound().headers().iter();
    headers.map(|(name, value)| (name.to_owned(), String::from_utf8_lossy(value).into_owned())).collect()
}

fn entry_json(entry: &Entry) -> Value {
    json!({
        "receipt": entry.entry_id.0,
        "id": entry.id.as_str(),
        "name": entry.name,
        "key": entry.key.as_ref().map(OrderKey::as_str),
        "state": entry.state.as_str(),
        "attempts": entry.attempts,
        "received_at": entry.received_at.to_string(),
        "body_bytes": entry.body_bytes,
        "reason": entry.reason.as_ref().map(|reason| json!({
            "kind": reason.kind().as_str(), "pointer": reason.pointer(), "message": reason.message(),
        })),
    })
}

fn entry_line(entry: &Entry) -> String {
    let name = escaped(entry.name.as_deref().unwrap_or("-"));
    let key = escaped(entry.key.as_ref().map_or("-", OrderKey::as_str));
    let id = escaped(entry.id.as_str());
    let mut line = format!(
        "{:>8}  {:<7}  {:.3}  {name}  {key}  {}  {id}\n",
        entry.entry_id, entry.state, entry.received_at, entry.attempts
    );
    if let Some(reason) = &entry.reason {
        let location = reason.pointer().map(location).unwrap_or_default();
        let _infallible =
            writeln!(line, "          {}{}: {}", reason.kind(), escaped(&location), escaped(Reason::message(reason)));
    }
    line
}

/// The text without control characters: a sender must not control the terminal. Tabs stay.
fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() && character != '\t' {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

fn location(pointer: &str) -> String {
    if pointer.is_empty() { " at the root".to_owned() } else { format!(" at {pointer}") }
}
