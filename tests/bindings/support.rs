//! What several tests need: the payloads, and a handler that remembers what was called.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use kustomer_webhooks::{Context, EventName, Handler, HandlerError, KustomerEvent, UnknownEvent};

/// The body of an event, one of `tests/payloads`.
pub(crate) fn payload(name: &EventName) -> Vec<u8> {
    let path = directory().join(format!("{name}.json"));
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Where the payloads are.
pub(crate) fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/payloads")
}

/// The methods that ran, each with the name in the event that it was given.
#[derive(Clone, Default)]
pub(crate) struct Calls(Arc<Mutex<Vec<(&'static str, String)>>>);

impl Calls {
    fn add(&self, method: &'static str, name: String) {
        self.0.lock().expect("no test panics here").push((method, name));
    }

    /// What was called since the last time.
    pub(crate) fn take(&self) -> Vec<(&'static str, String)> {
        std::mem::take(&mut self.0.lock().expect("no test panics here"))
    }
}

/// A handler that remembers; what `orgName` says decides how it goes.
pub(crate) struct Recorder(pub(crate) Calls);

/// A handler of a team that wrote nothing for events the document does not list.
pub(crate) struct Narrow;

impl Recorder {
    async fn react(&self, method: &'static str, event: KustomerEvent) -> Result<(), HandlerError> {
        self.0.add(method, event.name.map(|name| name.to_string()).unwrap_or_default());
        match event.org_name.as_deref() {
            Some("slow") => std::future::pending().await,
            Some("panic") => panic!("as the event asked"),
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
                self.react(stringify!($method), event).await
            })*

            async fn on_unknown(&self, event: UnknownEvent<'_>, _: &Context<'_>) -> Result<(), HandlerError> {
                self.0.add("on_unknown", event.name().unwrap_or_default().to_owned());
                Ok(())
            }
        }

        impl Handler for Narrow {
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
