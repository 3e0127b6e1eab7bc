//! A durable receiver that loses no acknowledged event: `cargo run --example quickstart`.
//!
//! The example starts a receiver on a free loopback port with an inbox in a temporary directory. Then it sends events over
//! real HTTP like Kustomer: ten signed events, a forged event, an event with an unknown name, and a body that is not JSON.
//! The worker does not run, and the receiver is dropped before any event is handled. A second receiver opens the same file
//! and handles the acknowledged events. The example fails unless every handler method ran exactly once.

use std::collections::BTreeMap;
use std::error::Error;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use kustomer_webhooks::asyncapi_receiver::inbox::{Inbox, InboxError, Page, Reason, Sqlite, State};
use kustomer_webhooks::asyncapi_receiver::server::Server;
use kustomer_webhooks::{
    Context, EventName, Handler, HandlerError, KustomerEvent, KustomerResource, SIGNATURE_HEADER, UnknownEvent,
    durable, sign,
};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

const TOKEN: &str = "the token that Kustomer shows with the webhook";

/// Ends a run that would hang.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The handler of your application.
#[derive(Clone, Default)]
struct Crm {
    counts: Arc<Mutex<BTreeMap<&'static str, usize>>>,
}

impl Crm {
    fn count(&self, method: &'static str, what: &str) {
        println!("  {method:<24} {what}");
        *self.counts.lock().unwrap_or_else(std::sync::PoisonError::into_inner).entry(method).or_default() += 1;
    }

    fn count_event(&self, method: &'static str, event: &KustomerEvent) {
        let resource = event.data.as_ref().and_then(|data| data.id.as_deref());
        self.count(method, resource.unwrap_or("(no resource)"));
    }
}

impl Handler for Crm {
    async fn on_customer_create(&self, event: KustomerEvent, _: &Context<'_>) -> Result<(), HandlerError> {
        self.count_event("on_customer_create", &event);
        Ok(())
    }

    async fn on_customer_update(&self, event: KustomerEvent, _: &Context<'_>) -> Result<(), HandlerError> {
        self.count_event("on_customer_update", &event);
        Ok(())
    }

    async fn on_conversation_create(&self, event: KustomerEvent, _: &Context<'_>) -> Result<(), HandlerError> {
        self.count_event("on_conversation_create", &event);
        Ok(())
    }

    async fn on_conversation_update(&self, event: KustomerEvent, _: &Context<'_>) -> Result<(), HandlerError> {
        self.count_event("on_conversation_update", &event);
        Ok(())
    }

    async fn on_message_create(&self, event: KustomerEvent, _: &Context<'_>) -> Result<(), HandlerError> {
        self.count_event("on_message_create", &event);
        Ok(())
    }

    async fn on_message_update(&self, event: KustomerEvent, _: &Context<'_>) -> Result<(), HandlerError> {
        self.count_event("on_message_update", &event);
        Ok(())
    }

    async fn on_user_create(&self, event: KustomerEvent, _: &Context<'_>) -> Result<(), HandlerError> {
        self.count_event("on_user_create", &event);
        Ok(())
    }

    async fn on_user_update(&self, event: KustomerEvent, _: &Context<'_>) -> Result<(), HandlerError> {
        self.count_event("on_user_update", &event);
        Ok(())
    }

    async fn on_team_create(&self, event: KustomerEvent, _: &Context<'_>) -> Result<(), HandlerError> {
        self.count_event("on_team_create", &event);
        Ok(())
    }

    async fn on_team_update(&self, event: KustomerEvent, _: &Context<'_>) -> Result<(), HandlerError> {
        self.count_event("on_team_update", &event);
        Ok(())
    }

    async fn on_unknown(&self, event: UnknownEvent<'_>, _: &Context<'_>) -> Result<(), HandlerError> {
        self.count("on_unknown", event.name().unwrap_or("(no name)"));
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let file = directory.path().join("inbox.sqlite");
    let crm = Crm::default();

    receive_only(&file, crm.clone()).await?;
    crm.nothing_ran_yet()?;
    println!("the receiver is dropped; the acknowledged events are in {}", file.display());
    handle(&file, crm.clone()).await?;
    crm.every_method_ran_once()
}

/// The first receiver: it stores events, and ends before any event is handled.
async fn receive_only(file: &Path, crm: Crm) -> Result<(), Box<dyn Error>> {
    let (receiver, _never_run) = durable(crm, [TOKEN], Sqlite::open(file)?)?.into_receiver_and_worker();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(Server::new(receiver).serve(listener, async { stopped.await.unwrap_or(()) }));
    println!("receiving at http://{address}/kustomer, with the worker stopped");

    for (number, name) in EventName::KNOWN.iter().enumerate() {
        expect(name.as_str(), post(address, TOKEN, event(number, name)?).await?, StatusCode::ACCEPTED)?;
    }
    let forged = br#"{"id": "forged", "name": "kustomer.user.create"}"#.to_vec();
    expect("a forged event", post(address, "a guess", forged).await?, StatusCode::UNAUTHORIZED)?;
    let unknown = br#"{"id": "unknown", "name": "kustomer.tag.create"}"#.to_vec();
    expect("an unknown name", post(address, TOKEN, unknown).await?, StatusCode::ACCEPTED)?;
    expect("a body that is not JSON", post(address, TOKEN, b"not JSON".to_vec()).await?, StatusCode::ACCEPTED)?;

    drop(stop);
    Ok(serving.await?)
}

/// The second receiver: it opens the same inbox, and handles the stored events.
async fn handle(file: &Path, crm: Crm) -> Result<(), Box<dyn Error>> {
    let inbox = Arc::new(Sqlite::open(file)?);
    let receiver = durable(crm, [TOKEN], Arc::clone(&inbox))?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(receiver.run(listener, async { stopped.await.unwrap_or(()) }));
    println!("opened again, with the worker:");

    let first = event(0, &EventName::KNOWN[0])?;
    expect("the first event again", post(address, TOKEN, first).await?, StatusCode::OK)?;
    timeout(TIMEOUT, nothing_pending(&inbox)).await.map_err(|_| "not everything was handled in time")??;
    let dead = inbox.list(Page::of(State::Dead)).await?;
    let reasons: Vec<_> = dead.iter().filter_map(|entry| entry.reason.as_ref()).map(Reason::kind).collect();
    println!("dead letters: {reasons:?}");

    drop(stop);
    running.await?;
    if reasons.len() == 1 { Ok(()) } else { Err("expected one dead letter: the body that is not JSON".into()) }
}

async fn nothing_pending(inbox: &Sqlite) -> Result<(), InboxError> {
    while inbox.stats().await?.pending > 0 {
        sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

fn event(number: usize, name: &EventName) -> Result<Vec<u8>, serde_json::Error> {
    let data = KustomerResource { id: Some(format!("resource-{number}")), ..KustomerResource::default() };
    let id = Some(format!("event-{number}"));
    serde_json::to_vec(&KustomerEvent { id, name: Some(name.clone()), data: Some(data), ..KustomerEvent::default() })
}

/// Sends a body as Kustomer does.
async fn post(address: SocketAddr, token: &str, body: Vec<u8>) -> Result<StatusCode, Box<dyn Error>> {
    let request = Request::post(format!("http://{address}/kustomer"))
        .header("content-type", "application/json")
        .header(SIGNATURE_HEADER, sign(token, &body)?)
        .body(Full::new(Bytes::from(body)))?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    Ok(client.request(request).await?.status())
}

fn expect(request: &str, status: StatusCode, expected: StatusCode) -> Result<(), Box<dyn Error>> {
    println!("{} for {request}", status.as_u16());
    if status == expected { Ok(()) } else { Err(format!("{request}: status {status}, expected {expected}").into()) }
}

impl Crm {
    fn nothing_ran_yet(&self) -> Result<(), Box<dyn Error>> {
        let counts = self.counts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if counts.is_empty() { Ok(()) } else { Err(format!("handled without a worker: {counts:?}").into()) }
    }

    /// Ten methods for ten events, and `on_unknown` for the unknown name. The forged event reaches no method.
    fn every_method_ran_once(&self) -> Result<(), Box<dyn Error>> {
        let counts = self.counts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if counts.len() == EventName::KNOWN.len() + 1 && counts.values().all(|count| *count == 1) {
            println!("every method ran exactly once");
            return Ok(());
        }
        Err(format!("not every method ran exactly once: {counts:?}").into())
    }
}
