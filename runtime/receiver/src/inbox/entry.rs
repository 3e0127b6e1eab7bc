//! What an inbox lists about its events.

use std::fmt;

use jiff::Timestamp;

use super::{Delivery, EntryId, EventId, OrderKey, Reason};

/// An event as an inbox lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number in the order of arrival.
    pub entry_id: EntryId,
    /// The id of the event.
    pub id: EventId,
    /// Its name, if it is known.
    pub name: Option<String>,
    /// Its order key.
    pub key: Option<OrderKey>,
    /// Its state.
    pub state: State,
    /// The number of attempts that were started.
    pub attempts: u32,
    /// When it was received.
    pub received_at: Timestamp,
    /// The size of its body in bytes; 0 when it is done.
    pub body_bytes: u64,
    /// Why it is dead; `None` unless it is.
    pub reason: Option<Reason>,
}

/// An event with its delivery.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The event as it is listed.
    pub entry: Entry,
    /// Its delivery; `None` when it is done.
    pub delivery: Option<Delivery>,
}

/// The state of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It can be leased.
    Ready,
    /// It waits for an earlier event with the same key.
    Held,
    /// It waits for its next attempt.
    Waiting,
    /// A worker has leased it.
    Leased,
    /// It was handled.
    Done,
    /// It is a dead letter, with a reason.
    Dead,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 6] = [Self::Ready, Self::Held, Self::Waiting, Self::Leased, Self::Done, Self::Dead];

    /// The name of the state.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Held => "held",
            Self::Waiting => "waiting",
            Self::Leased => "leased",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }

    /// Whether the event is neither done nor dead.
    #[must_use]
    pub fn is_pending(self) -> bool {
        !matches!(self, Self::Done | Self::Dead)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Which events to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Page {
    /// Only events in this state; `None` for all.
    pub state: Option<State>,
    /// Only events after this entry id, which is the last one of the previous page. Entry ids start at 1.
    pub after: EntryId,
    /// The maximum number of entries.
    pub most: usize,
}

impl Page {
    /// The first hundred events, in any state.
    #[must_use]
    pub const fn first() -> Self {
        Self { state: None, after: EntryId(0), most: 100 }
    }

    /// The first hundred events in this state.
    #[must_use]
    pub const fn of(state: State) -> Self {
        Self { state: Some(state), ..Self::first() }
    }

    /// The next page after the page that ended with `last`.
    #[must_use]
    pub const fn after(mut self, last: EntryId) -> Self {
        self.after = last;
        self
    }
}
