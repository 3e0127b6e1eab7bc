//! The tests that every transport passes.
//!
//! A transport implements [`Fixture`], which starts its broker, and calls [`tests!`] in a file below `tests`. Tests of a
//! transport that stores no messages leave out those of [`tests!`] for stored messages: `tests!(Fixture, unstored)`.
//!
//! The document is `spec/orders.yaml`: orders of customers, and requests for a price.

mod broker;
mod port;
mod team;
mod tests;

use asyncapi_runtime::{Dispatch, Inbound, RequestReply};
use asyncapi_transport::Consumer;

pub use self::broker::{BrokerProcess, skipped};
pub use self::port::free_port;
pub use self::team::{Handled, Team};
#[doc(hidden)]
pub use self::tests::*;

/// The consumer that the tests run.
pub type TestConsumer = Consumer<Box<dyn Dispatch>>;

/// The character between two levels of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// `orders.ada.placed`
    Dot,
    /// `orders/ada/placed`
    Slash,
}

/// A broker for one test, and how a transport is connected to it.
pub trait Fixture: Sized + Send + Sync {
    /// The transport of publishers and requesters.
    type Transport: RequestReply + Clone + 'static;

    /// The separator of the addresses.
    const SEPARATOR: Separator;

    /// Starts a broker without messages. Prints `SKIPPED` and returns `None` if it is not installed; see [`skipped`].
    fn start() -> impl Future<Output = Option<Self>> + Send;

    /// A new connection.
    fn transport(&self) -> impl Future<Output = Self::Transport> + Send;

    /// A consumer of the dispatcher's channels. Messages that are sent after this returns are received by it. Another
    /// consumer takes over what the former has not settled.
    fn consumer(&self, dispatch: Box<dyn Dispatch>) -> impl Future<Output = TestConsumer> + Send;

    /// The dead letters, when there are this many.
    fn dead_letters(&self, number: usize) -> impl Future<Output = Vec<Inbound>> + Send;

    /// Kills the broker, and starts it again with the messages that it has stored.
    fn kill_and_start_again(&mut self) -> impl Future<Output = ()> + Send;
}

/// The generated code.
mod generated {
    macro_rules! sides {
        ($name:ident, $application:literal, $client:literal) => {
            pub(crate) mod $name {
                pub(crate) mod application {
                    #![allow(missing_docs, unreachable_pub, dead_code, clippy::pedantic)]
                    include!(concat!(env!("OUT_DIR"), $application));
                }
                pub(crate) mod client {
                    #![allow(missing_docs, unreachable_pub, dead_code, clippy::pedantic)]
                    include!(concat!(env!("OUT_DIR"), $client));
                }
            }
        };
    }

    sides!(dots, "/dots_application.rs", "/dots_client.rs");
    sides!(slashes, "/slashes_application.rs", "/slashes_client.rs");
}

/// Makes a test of each conformance test, for a [`Fixture`]. With `unstored` those tests only that a transport without
/// stored messages can pass.
#[macro_export]
macro_rules! tests {
    ($fixture:ty) => {
        $crate::tests!($fixture, unstored);
        $crate::tests!(@ $fixture:
            acknowledged_messages_do_not_come_again,
            a_drain_ends_running_handlers_and_returns_the_other_messages,
            a_killed_broker_loses_no_message_that_it_has_confirmed,
        );
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        #[ignore = "takes long"]
        async fn a_broker_that_is_killed_ten_times_loses_no_message() {
            $crate::a_broker_that_is_killed_ten_times_loses_no_message::<$fixture>().await;
        }
    };
    ($fixture:ty, unstored) => {
        $crate::tests!(@ $fixture:
            messages_reach_their_method_with_parameters_and_headers,
            a_message_is_tried_again_after_a_failure,
            messages_that_cannot_be_handled_become_dead_letters_with_their_reasons,
            messages_with_one_key_are_handled_in_their_order,
            no_more_handlers_run_at_once_than_allowed,
            requests_are_answered,
        );
    };
    (@ $fixture:ty: $($test:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                $crate::$test::<$fixture>().await;
            }
        )*
    };
}
