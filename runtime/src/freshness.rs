/// How a delivery stands to those of the same resource that were handled before it, by the revision it bears.
///
/// Senders deliver at least once and in any order. A store that keeps the arrival order of a resource's events
/// cannot know the order in which they occurred; the revision tells.
///
/// ```
/// use asyncapi_runtime::Freshness;
///
/// // Revision 7 was handled. The next delivery says that it leads from 8 to 9.
/// assert_eq!(Freshness::of(9, Some(8), Some(7)), Freshness::Gap { handled: 7 });
/// // This one says that it leads from 7 to 8, and this one comes late.
/// assert_eq!(Freshness::of(8, Some(7), Some(7)), Freshness::InSequence);
/// assert_eq!(Freshness::of(6, None, Some(7)), Freshness::Stale { handled: 7 });
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Freshness {
    /// It bears no revision, or nothing is known of its resource.
    #[default]
    Unknown,
    /// It follows the newest revision that was handled.
    InSequence,
    /// There are revisions between the newest that was handled and this one. They may come yet, or never.
    Gap {
        /// The newest revision that was handled.
        handled: i64,
    },
    /// A revision as new as this one, or newer, was handled already.
    Stale {
        /// The newest revision that was handled.
        handled: i64,
    },
}

impl Freshness {
    /// The freshness of `revision`, which says it follows `before`, where `handled` is the newest one handled.
    ///
    /// Where it does not say what it follows, it is taken to follow the number before its own.
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
