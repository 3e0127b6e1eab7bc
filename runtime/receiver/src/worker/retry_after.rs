//! An error that names the time of the next attempt.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use asyncapi_runtime::BoxError;

/// An error of a handler that says when the next attempt may work, such as a response with `Retry-After`.
///
/// The worker waits for this duration, or for the delay of its [`RetryPolicy`](super::RetryPolicy) if that is longer;
/// at most for a day.
///
/// ```
/// use std::time::Duration;
///
/// use asyncapi_receiver::worker::RetryAfter;
/// use asyncapi_runtime::HandlerError;
///
/// let error: HandlerError = RetryAfter::new(Duration::from_secs(120), "status 429").into();
/// assert!(matches!(error, HandlerError::Retry(error) if error.to_string() == "status 429"));
/// ```
#[derive(Debug)]
pub struct RetryAfter {
    after: Duration,
    error: BoxError,
}

/// The longest delay that an error can ask for.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

impl RetryAfter {
    /// An error that asks for this delay.
    #[must_use]
    pub fn new(after: Duration, error: impl Into<BoxError>) -> Self {
        Self { after, error: error.into() }
    }

    /// The delay that the error of a handler asks for; zero if it asks for none.
    pub(super) fn delay(error: &(dyn Error + 'static)) -> Duration {
        error.downcast_ref::<Self>().map_or(Duration::ZERO, |error| error.after.min(LONGEST))
    }
}

impl fmt::Display for RetryAfter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl Error for RetryAfter {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}

#[cfg(test)]
mod tests {
    use asyncapi_runtime::HandlerError;

    use super::{Duration, RetryAfter};

    #[test]
    fn a_handler_can_ask_for_a_delay_of_at_most_a_day() {
        let delay = |error: HandlerError| match error {
            HandlerError::Retry(error) => RetryAfter::delay(error.as_ref()),
            _ => panic!("it asks for a retry"),
        };
        let hour = Duration::from_secs(60 * 60);
        assert_eq!(delay(RetryAfter::new(hour, "busy").into()), hour);
        assert_eq!(delay(RetryAfter::new(100 * hour, "busy").into()), 24 * hour);
        assert_eq!(delay(HandlerError::retry("down")), Duration::ZERO);
    }
}
