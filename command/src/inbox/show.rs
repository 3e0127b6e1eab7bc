//! Prints events as text or as JSON.

use std::fmt::Write as _;

use kustomer_webhooks::asyncapi_receiver::inbox::{Delivery, Entry, OrderKey, Reason, Stats, Stored};
use serde_json::{Value, json};

use crate::error::{Failure, Outcome};
use crate::output;

/// Prints a list of events, one part after the other.
pub(super) struct List {
    stats: Stats,
    json: bool,
    printed: usize,
}

impl List {
    pub(super) fn new(stats: Stats, json: bool) -> Self {
        Self { stats, json, printed: 0 }
    }

    pub(super) fn print(&mut self, entries: &[Entry]) -> Result<(), Failure> {
        let mut text = String::new();
        for entry in entries {
            if self.json {
                text.push_str(if self.printed == 0 { "{\"events\":[" } else { "," });
                text.push_str(&entry_json(entry).to_string());
            } else {
                if self.printed == 0 {
                    text.push_str("receipt   state    received                  name  resource  attempts  id\n");
                }
                text.push_str(&entry_line(entry));
            }
            self.printed += 1;
        }
        output::print(&text)
    }

    pub(super) fn finish(self) -> Result<Outcome, Failure> {
        let Stats { pending, dead, oldest_pending, last_event } = self.stats;
        let text = if self.json {
            let start = if self.printed == 0 { "{\"events\":[" } else { "" };
            let oldest = json!(oldest_pending.map(|age| age.as_secs_f64()));
            let last = json!(last_event.map(|age| age.as_secs_f64()));
            format!(
                "{start}],\"pending\":{pending},\"dead\":{dead},\"oldest_pending_seconds\":{oldest},\
                 \"last_event_seconds\":{last}}}\n"
            )
        } else {
            format!("{pending} pending, {dead} dead in total\n")
        };
        output::print(&text).map(|()| Outcome::Yes)
    }
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
