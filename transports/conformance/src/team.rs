//! A team that records what its handlers receive, and its publisher.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use asyncapi_runtime::{BoxFuture, Context, Dispatch, HandlerError, RequestReply};
use tokio::sync::Notify;

use crate::Separator;
use crate::generated::{dots, slashes};

/// Much longer than any test takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A call of the handler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handled {
    /// The parameter of the address.
    pub customer: String,
    /// The payload.
    pub number: i64,
    /// The header.
    pub trace: Option<String>,
    /// The number of the attempt, counted from 1.
    pub attempt: u32,
}

type Script = dyn Fn(Handled) -> BoxFuture<'static, Result<(), HandlerError>> + Send + Sync;

/// A team: its handlers record each call, and then do what the test's script says.
#[derive(Clone)]
pub struct Team {
    handled: Arc<Mutex<Vec<Handled>>>,
    changed: Arc<Notify>,
    script: Arc<Script>,
}

impl fmt::Debug for Team {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Team").field("handled", &self.handled).finish_non_exhaustive()
    }
}

impl Team {
    /// A team whose handlers do this after the call is recorded.
    pub fn new<F>(script: impl Fn(Handled) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), HandlerError>> + Send + 'static,
    {
        let script: Arc<Script> = Arc::new(move |handled| Box::pin(script(handled)));
        Self { handled: Arc::default(), changed: Arc::default(), script }
    }

    /// The calls so far.
    #[must_use]
    pub fn handled(&self) -> Vec<Handled> {
        self.handled.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The calls, when they fulfil the condition.
    ///
    /// # Panics
    ///
    /// They do not fulfil it within a minute.
    pub async fn until(&self, condition: impl Fn(&[Handled]) -> bool) -> Vec<Handled> {
        let waiting = async {
            loop {
                let changed = self.changed.notified();
                let handled = self.handled();
                if condition(&handled) {
                    return handled;
                }
                changed.await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, waiting).await;
        waited.unwrap_or_else(|_| panic!("only these were handled: {:?}", self.handled()))
    }

    async fn on_placed(&self, handled: Handled) -> Result<(), HandlerError> {
        self.handled.lock().unwrap_or_else(PoisonError::into_inner).push(handled.clone());
        self.changed.notify_waiters();
        (self.script)(handled).await
    }

    /// The generated dispatcher of this team.
    pub fn dispatcher<T: RequestReply + 'static>(&self, separator: Separator, transport: T) -> Box<dyn Dispatch> {
        match separator {
            Separator::Dot => Box::new(dots::application::Dispatcher::new(self.clone(), transport)),
            Separator::Slash => Box::new(slashes::application::Dispatcher::new(self.clone(), transport)),
        }
    }
}

macro_rules! handler {
    ($name:ident) => {
        impl $name::application::Handler for Team {
            async fn on_placed(&self, event: $name::application::Placed, cx: &Context<'_>) -> Result<(), HandlerError> {
                let address: $name::application::channels::Placed = cx.channel().unwrap_or_default().parse()?;
                let headers: $name::application::PlacedHeaders = cx.headers().decode()?;
                let (customer, number, trace) = (address.customer, event.number, headers.trace);
                self.on_placed(Handled { customer, number, trace, attempt: cx.attempt() }).await
            }

            async fn quote(
                &self,
                event: $name::application::Quote,
                _: &Context<'_>,
            ) -> Result<$name::application::Price, HandlerError> {
                let cents = i64::try_from(event.article.len())?;
                Ok($name::application::Price::new(cents))
            }
        }
    };
}

handler!(dots);
handler!(slashes);

/// Sends an order with the generated publisher.
pub(crate) async fn place<T: RequestReply + Clone>(
    separator: Separator,
    transport: &T,
    customer: &str,
    number: i64,
) -> Result<(), asyncapi_runtime::PublishError<T::Error>> {
    macro_rules! place {
        ($name:ident) => {{
            let address = $name::client::channels::Placed { customer: customer.to_owned() };
            let headers = $name::client::PlacedHeaders { trace: Some(format!("t{number}")) };
            let placed = $name::client::Placed::new(number);
            $name::client::Publisher::new(transport.clone()).on_placed(&address, &placed, &headers).await
        }};
    }
    match separator {
        Separator::Dot => place!(dots),
        Separator::Slash => place!(slashes),
    }
}

/// Asks for a price with the generated requester.
pub(crate) async fn quote<T: RequestReply + Clone>(
    separator: Separator,
    transport: &T,
    article: &str,
) -> Result<i64, asyncapi_runtime::RequestError<T::Error>> {
    macro_rules! quote {
        ($name:ident) => {{
            let quote = $name::client::Quote::new(article);
            $name::client::Requester::new(transport.clone()).quote(&quote).await.map(|price| price.cents)
        }};
    }
    match separator {
        Separator::Dot => quote!(dots),
        Separator::Slash => quote!(slashes),
    }
}
