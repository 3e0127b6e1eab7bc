//! Whether an event is in sequence with the events of its resource that were handled before it.

/// Whether an event is in sequence with the events of its resource that were handled before, by its revision.
///
/// Senders deliver at least once and in any order. The order of arrival may differ from the order in which the events
/// occurred; revisions show that.
///
/// ```
/// use asyncapi_runtime::Freshness;
///
/// // Revision 7 was handled. The next event is from revision 8 to 9.
/// assert_eq!(Freshness::of(9, Some(8), Some(7)), Freshness::Gap { handled: 7 });
/// // This event is from revision 7 to 8, and the last one is late.
/// assert_eq!(Freshness::of(8, Some(7), Some(7)), Freshness::InSequence);
/// assert_eq!(Freshness::of(6, None, Some(7)), Freshness::Stale { handled: 7 });
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Freshness {
    /// The event has no revision, or no event of the resource was handled.
    #[default]
    Unknown,
    /// The event follows the newest handled revision.
    InSequence,
    /// There are revisions between the newest handled one and this one. They may still arrive.
    Gap {
        /// The newest handled revision.
        handled: i64,
    },
    /// This revision or a newer one was handled before.
    Stale {
        /// The newest handled revision.
        handled: i64,
    },
}

impl Freshness {
    /// Compares `revision`, which follows `before`, with `handled`, the newest handled revision of the resource.
    ///
    /// Without `before`, it is assumed to follow `revision - 1`.
    #[must_use]
    pub fn of(revision: i64, before: Option<i64>, handled: Option<i64>) -> Self {
        match handled {
            None => Self::Unknown,
            Some(handled) if revision <= handled => Self::Stale { handled },
            Some(handled) if before.unwrap_or(revision.saturating_sub(1)) > handled => Self::Gap { handled },
            Some(_) => Self::InSequence,
        }
    }
}
