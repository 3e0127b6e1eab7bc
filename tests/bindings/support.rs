//! Helpers of the tests: the payloads, and a handler that records its calls.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use kustomer_webhooks::{Context, EventName, Handler, HandlerError, KustomerEvent, UnknownEvent};

/// Reads the body of an event from `tests/payloads`.
pub(crate) fn payload(name: &EventName) -> Vec<u8> {
    let path = payload_directory().join(format!("{name}.json"));
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The directory of the payloads.
pub(crate) fn payload_directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/payloads")
}

/// The handler methods that were called, each with the name of its event.
#[derive(Clone, Default)]
pub(crate) struct Calls(Arc<Mutex<Vec<(&'static str, String)>>>);

impl Calls {
    fn record(&self, method: &'static str, name: String) {
        self.0.lock().expect("no test panics here").push((method, name));
    }

    /// Returns and removes the recorded calls.
    pub(crate) fn take(&self) -> Vec<(&'static str, String)> {
        std::mem::take(&mut self.0.lock().expect("no test panics here"))
    }
}

/// A handler that records its calls. The `orgName` of an event selects the result.
pub(crate) struct Recorder(pub(crate) Calls);

/// A handler without `on_unknown`.
pub(crate) struct WithoutOnUnknown;

impl Recorder {
    async fn handle(&self, method: &'static str, event: KustomerEvent) -> Result<(), HandlerError> {
        self.0.record(method, event.name.map(|name| name.to_string()).unwrap_or_default());
        match event.org_name.as_deref() {
            Some("slow") => std::future::pending().await,
            Some("panic") => panic!("requested by the event"),
            Some("retry") => Err("not now".parse::<u8>().map_err(HandlerError::from).expect_err("no number")),
            Some("reject") => Err(HandlerError::reject("never")),
            _ => Ok(()),
        }
    }
}

macro_rules! methods {
    ($($method:ident)*) => {
        impl Handler for Recorder {
            $(async fn $method(&self, event: KustomerEvent, _: &Context<'_>) -> Result<(), HandlerError> {
                self.handle(stringify!($method), event).await
            })*

            async fn on_unknown(&self, event: UnknownEvent<'_>, _: &Context<'_>) -> Result<(), HandlerError> {
                self.0.record("on_unknown", event.name().unwrap_or_default().to_owned());
                Ok(())
            }
        }

        impl Handler for WithoutOnUnknown {
            $(async fn $method(&self, _: KustomerEvent, _: &Context<'_>) -> Result<(), HandlerError> { Ok(()) })*
        }

        /// Every method but `on_unknown`, in the order of the document.
        pub(crate) const METHODS: &[&str] = &[$(stringify!($method)),*];
    };
}

methods! {
    on_customer_create on_customer_update on_conversation_create on_conversation_update on_message_create
    on_message_update on_user_create on_user_update on_team_create on_team_update
}
