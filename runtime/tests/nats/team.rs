use std::collections::BTreeMap;
use std::sync::Mutex;

use asyncapi_runtime::{BoxFuture, Context, DecodeError, Dispatch, DispatchError, Inbound, Route};

/// Counts how often each event was handled.
#[derive(Default)]
pub(crate) struct Team(Mutex<BTreeMap<String, u32>>);

impl Team {
    pub(crate) fn done(&self) -> BTreeMap<String, u32> {
        self.0.lock().unwrap().clone()
    }
}

impl Dispatch for Team {
    fn route(&self, _: &Inbound) -> Result<Route, DecodeError> {
        Ok(Route::Unknown(None))
    }

    fn dispatch<'a>(&'a self, cx: &'a Context<'a>) -> BoxFuture<'a, Result<(), DispatchError>> {
        Box::pin(async move {
            *self.0.lock().unwrap().entry(cx.event_id().unwrap().to_owned()).or_default() += 1;
            Ok(())
        })
    }
}
