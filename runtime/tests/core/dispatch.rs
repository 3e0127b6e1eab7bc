//! Dispatch to handlers.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Waker};

use asyncapi_runtime::{
    BoxFuture, Context, DecodeError, Dispatch, DispatchError, HandlerError, Inbound, Route, UnknownEvent,
};

struct OnlyNotes;

impl Dispatch for OnlyNotes {
    fn route(&self, inbound: &Inbound) -> Result<Route, DecodeError> {
        Ok(match inbound.peek("/name")? {
            Some(name) if name == "note" => Route::Known(name),
            name => Route::Unknown(name),
        })
    }

    fn dispatch<'a>(&'a self, cx: &'a Context<'a>) -> BoxFuture<'a, Result<(), DispatchError>> {
        Box::pin(async move {
            match self.route(cx.inbound())? {
                Route::Known(_) => Ok(()),
                Route::Unknown(name) => {
                    let event = UnknownEvent::new(name.as_deref());
                    Err(HandlerError::reject(event.name().unwrap_or("nameless")).into())
                }
            }
        })
    }
}

fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut TaskContext::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing here has to wait"),
    }
}

#[test]
fn shared_and_boxed_dispatchers_dispatch() {
    let dispatchers: [Box<dyn Dispatch>; 3] =
        [Box::new(OnlyNotes), Box::new(Arc::new(OnlyNotes)), Box::new(Arc::new(OnlyNotes) as Arc<dyn Dispatch>)];
    for dispatcher in dispatchers {
        let known = Inbound::new(r#"{"name": "note"}"#);
        assert_eq!(dispatcher.route(&known).unwrap(), Route::Known("note".to_owned()));
        assert!(now(dispatcher.dispatch(&Context::new(&known))).is_ok());

        let unknown = Inbound::new(r#"{"name": "tag"}"#);
        let error = now(dispatcher.dispatch(&Context::new(&unknown))).unwrap_err();
        assert_eq!(error.to_string(), "rejected: tag");

        let broken = Inbound::new("{");
        assert!(dispatcher.route(&broken).is_err());
        let error = now(dispatcher.dispatch(&Context::new(&broken))).unwrap_err();
        assert!(matches!(error, DispatchError::Undecodable(_)));
    }
}

#[test]
fn a_route_has_the_name_of_the_event() {
    assert_eq!(Route::Known("a".to_owned()).name(), Some("a"));
    assert_eq!(Route::Unknown(Some("b".to_owned())).name(), Some("b"));
    assert_eq!(Route::Unknown(None).name(), None);
}
