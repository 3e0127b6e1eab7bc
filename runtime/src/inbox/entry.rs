use std::fmt;

use jiff::Timestamp;

use super::{Delivery, EntryId, EventId, OrderKey, Reason};

/// What an inbox knows of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number in the order of arrival.
    pub receipt: EntryId,
    /// What tells it from every other event.
    pub id: EventId,
    /// Its name, if it could be told.
    pub name: Option<String>,
    /// What it is about.
    pub key: Option<OrderKey>,
    /// Where it stands.
    pub state: State,
    /// How often its handling was begun.
    pub attempts: u32,
    /// When it was received.
    pub received_at: Timestamp,
    /// The size of its body; 0 once it is done.
    pub body_bytes: u64,
    /// Why it is dead, if it is.
    pub reason: Option<Reason>,
}

/// An event with its delivery.
#[derive(Clone, Debug)]
pub struct Stored {
    /// What the inbox knows of it.
    pub entry: Entry,
    /// What came in; `None` once it is done.
    pub delivery: Option<Delivery>,
}

/// Where an event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It can be leased.
    Ready,
    /// It is behind an earlier event of its key.
    Held,
    /// It waits for its next attempt.
    Waiting,
    /// A worker has it.
    Leased,
    /// It is handled.
    Done,
    /// It is set aside, with a reason.
    Dead,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 6] = [Self::Ready, Self::Held, Self::Waiting, Self::Leased, Self::Done, Self::Dead];

    /// The state as a word.
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

    /// Whether it is still to be handled.
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

/// Which events to list: those after a number, in one state or in any, and how many at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Page {
    /// The state; `None` for any.
    pub state: Option<State>,
    /// The last receipt of the page before. Receipts start at 1.
    pub after: EntryId,
    /// The most entries wanted.
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

    /// The page that follows the one that ended with `last`.
    #[must_use]
    pub const fn after(mut self, last: EntryId) -> Self {
        self.after = last;
        self
    }
}
