//! One inbox of each implementation, to run the same test with all of them.

use std::sync::Arc;

use asyncapi_receiver::inbox::{
    Delivery, EntryId, EventId, Inbox, LeasedDelivery, Memory, OrderKey, PutOutcome, Sqlite,
};
use asyncapi_runtime::Inbound;
use tempfile::TempDir;

use crate::clock::HandClock;

pub(crate) const START: i64 = 1_700_000_000;

pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) inbox: Arc<dyn Inbox>,
    pub(crate) clock: Arc<HandClock>,
    _directory: Option<TempDir>,
}

pub(crate) fn memory() -> Case {
    let clock = Arc::new(HandClock::at(START));
    let inbox = Arc::new(Memory::new().with_clock(clock.clone()));
    Case { name: "memory", inbox, clock, _directory: None }
}

pub(crate) fn sqlite() -> Case {
    let clock = Arc::new(HandClock::at(START));
    let directory = tempfile::tempdir().unwrap();
    let inbox = Sqlite::open(directory.path().join("inbox.sqlite")).unwrap().with_clock(clock.clone());
    Case { name: "sqlite", inbox: Arc::new(inbox), clock, _directory: Some(directory) }
}

pub(crate) fn each() -> [Case; 2] {
    [memory(), sqlite()]
}

pub(crate) fn event(id: &str) -> Delivery {
    Delivery::new(EventId::new(id), Inbound::new(format!(r#"{{"id": "{id}"}}"#)))
}

pub(crate) fn event_of(id: &str, key: &str) -> Delivery {
    event(id).with_key(OrderKey::new(key))
}

impl Case {
    pub(crate) async fn put(&self, delivery: Delivery) -> EntryId {
        match self.inbox.put(delivery).await.unwrap() {
            PutOutcome::Stored(entry_id) => entry_id,
            PutOutcome::Duplicate => panic!("{}: a duplicate", self.name),
        }
    }

    pub(crate) async fn lease(&self, most: usize) -> Vec<LeasedDelivery> {
        self.inbox.lease(most).await.unwrap().leased
    }

    /// Leases all ready events and returns their ids.
    pub(crate) async fn lease_ids(&self) -> Vec<String> {
        self.lease(1_000).await.iter().map(|leased| leased.delivery.id().to_string()).collect()
    }

    pub(crate) async fn lease_one(&self) -> LeasedDelivery {
        let leased = self.lease(1).await;
        leased.into_iter().next().unwrap_or_else(|| panic!("{}: nothing to lease", self.name))
    }
}
