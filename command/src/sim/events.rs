//! Builds simulated events from the generated types.

use std::collections::HashMap;

use bytes::Bytes;
use clap::ValueEnum;
use kustomer_webhooks::{
    ChangeOperation, ChangeOperationOp, EventName, KustomerChanges, KustomerEvent, KustomerEventMeta, KustomerResource,
};
use serde_json::{Map, Value, json};

use super::rng::Rng;

/// Whether an event is valid, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EventKind {
    Known,
    /// The name is not in the document.
    Unknown,
    /// A property has a type that the document does not allow.
    WrongShape,
    NotJson,
}

/// What the events look like.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum TemplateKind {
    /// As in the document
    Document,
    /// As in samples of real traffic: `client` is a string, and there are properties that are not in the document
    Seen,
}

pub(super) struct Event {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: EventKind,
    pub(super) body: Bytes,
}

/// Builds events: a create event for each resource, then update events with growing revisions.
pub(super) struct Fixtures {
    seed: u64,
    count: u64,
    resources: u64,
    revisions: HashMap<u64, i64>,
    look: TemplateKind,
    body_bytes: usize,
}

impl EventKind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Unknown => "unknown",
            Self::WrongShape => "wrong_shape",
            Self::NotJson => "not_json",
        }
    }
}

impl Fixtures {
    pub(super) fn new(seed: u64, resources: u64, look: TemplateKind, body_bytes: usize) -> Self {
        Self { seed, count: 0, resources, revisions: HashMap::new(), look, body_bytes }
    }

    pub(super) fn next_event(&mut self, rng: &mut Rng, kind: EventKind) -> Event {
        self.count += 1;
        let id = format!("{:014x}{:010x}", self.seed >> 8, self.count);
        let number = rng.below(self.resources);
        let revision = self.revisions.entry(number).or_default();
        *revision += 1;
        let names = if *revision == 1 { create_names() } else { update_names() };
        // The type of a resource never changes.
        let name = names.into_iter().cycle().nth(usize::try_from(number % 5).unwrap_or(0)).cloned();
        let name =
            name.filter(|_| kind != EventKind::Unknown).unwrap_or(EventName::Unknown("kustomer.tag.create".into()));
        let event = self.build(&id, &name, number, self.revisions.get(&number).copied().unwrap_or(1));
        let mut value = serde_json::to_value(event).unwrap_or_default();
        if matches!(self.look, TemplateKind::Seen) {
            value["dataId"] = value["data"]["id"].clone();
            value["client"] = json!("simulation");
            value["meta"] = json!({"customChanged": false});
            value["snsFilters"] = json!(["webhook"]);
        }
        if kind == EventKind::WrongShape {
            value["persist"] = json!("a string instead of a boolean");
        }
        let mut text = value.to_string();
        if text.len() < self.body_bytes {
            let missing = self.body_bytes - text.len();
            value["data"]["attributes"]["preview"] = Value::String("x".repeat(missing));
            text = value.to_string();
        }
        if kind == EventKind::NotJson {
            // The text is truncated.
            text.pop();
        }
        Event { id, name: name.to_string(), kind, body: text.into() }
    }

    fn build(&self, id: &str, name: &EventName, number: u64, revision: i64) -> KustomerEvent {
        let resource_type = name.as_str().split('.').nth(1).unwrap_or_default().to_owned();
        let resource = format!("{:014x}{number:010x}", self.seed >> 8);
        let now = jiff::Timestamp::now();
        let attributes = Map::from_iter([
            ("rev".to_owned(), json!(revision)),
            ("name".to_owned(), json!(format!("number {number}, change {revision}"))),
            ("externalId".to_owned(), Value::Null),
            ("createdAt".to_owned(), json!(now.to_string())),
        ]);
        let relationships = Map::from_iter([("org".to_owned(), json!({"data": {"type": "org", "id": "simulation"}}))]);
        KustomerEvent {
            id: Some(id.to_owned()),
            name: Some(name.clone()),
            org: Some("simulation".to_owned()),
            org_name: Some("simulation".to_owned()),
            partition: Some("sim1".to_owned()),
            created_at: Some(now.into()),
            persist: Some(true),
            client: Some(json!("simulation")),
            data: Some(KustomerResource {
                links: Some([("self".to_owned(), format!("/v1/{resource_type}s/{resource}"))].into()),
                r#type: Some(resource_type.clone()),
                id: Some(resource.clone()),
                attributes: Some(attributes),
                relationships: Some(relationships),
            }),
            // A create event has `"changes": null`, as in real traffic.
            changes: Some((revision > 1).then(|| changes(number, revision))),
            data_id: Some(resource.clone()),
            meta: Some(KustomerEventMeta { custom_changed: Some(false) }),
            sns_filters: Some(vec![resource_type.clone()]),
        }
    }
}

fn changes(number: u64, revision: i64) -> KustomerChanges {
    let replaced = |before: Value, after: Value| ChangeOperation {
        op: Some(ChangeOperationOp::Replace),
        before: Some(before),
        after: Some(after),
    };
    let name = |revision| json!(format!("number {number}, change {revision}"));
    let attributes = [
        ("rev".to_owned(), replaced(json!(revision - 1), json!(revision))),
        ("name".to_owned(), replaced(name(revision - 1), name(revision))),
    ];
    KustomerChanges { attributes: Some(attributes.into()), relationships: Some([].into()) }
}

fn create_names() -> Vec<&'static EventName> {
    EventName::KNOWN.iter().filter(|name| name.as_str().ends_with(".create")).collect()
}

fn update_names() -> Vec<&'static EventName> {
    EventName::KNOWN.iter().filter(|name| name.as_str().ends_with(".update")).collect()
}
