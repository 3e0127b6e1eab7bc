//! The examples of messages, and what they go by.

use crate::document::{Example, Message};
use crate::hash_suffix::mark;
use crate::ir::{self, ExampleTarget};
use crate::json::Value;

/// A summary that is longer than this is no name.
const LONGEST_NAME: usize = 60;

/// The examples of a message that goes by this label, each of its payload, its headers or both.
pub(super) fn lower(message: &Message, label: &str) -> Vec<ir::Example> {
    let examples = message.examples.iter().flat_map(|example| {
        let label = self::label(message, example, label);
        let summary = example.summary.clone().or_else(|| example.name.clone());
        let payload = example.payload.as_ref().map(|payload| ir::Example {
            at: example.at.clone(),
            label: label.clone(),
            summary: summary.clone(),
            target: ExampleTarget::Payload,
            value: payload.clone(),
        });
        let headers = example.headers.as_ref().map(|headers| ir::Example {
            at: example.at.join("headers"),
            label: format!("{label} headers"),
            summary,
            target: ExampleTarget::Headers,
            value: headers.clone(),
        });
        payload.into_iter().chain(headers)
    });
    examples.collect()
}

/// An example goes by its message and its own name; several without one, by their summaries or else by what they say.
fn label(message: &Message, example: &Example, label: &str) -> String {
    // Those of headers alone have names of their own.
    let is_alike = |other: &&Example| other.name.is_none() && other.payload.is_some() == example.payload.is_some();
    let is_own = |summary: &&String| {
        let same = message.examples.iter().filter(|other| other.summary.as_ref() == Some(summary)).count();
        same == 1 && summary.len() <= LONGEST_NAME
    };
    match (&example.name, example.summary.as_ref().filter(is_own)) {
        (Some(name), _) => format!("{label} {name}"),
        (None, _) if message.examples.iter().filter(is_alike).count() == 1 => label.to_owned(),
        (None, Some(summary)) => format!("{label} {summary}"),
        (None, None) => {
            let said = example.payload.as_ref().or(example.headers.as_ref());
            format!("{label} {}", mark(&said.map(Value::to_json).unwrap_or_default()))
        }
    }
}
