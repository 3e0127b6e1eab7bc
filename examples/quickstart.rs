//! The main job in one command: `cargo run --example quickstart`.
//!
//! Builds the bindings from the document, starts a receiver on a free loopback port, plays Kustomer's part against it
//! over real HTTP (ten signed events, a forged one, one with a name of tomorrow, one that is not JSON), and fails unless
//! every handler method ran exactly once.

use std::collections::BTreeMap;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use kustomer_webhooks::runtime::http::Receiver;
use kustomer_webhooks::runtime::{BoxError, BoxFuture, DeadLetter, DeadLetters, Inline};
use kustomer_webhooks::{
    Context, Dispatcher, EventName, Handler, HandlerError, KustomerEvent, KustomerResource, SIGNATURE_HEADER,
    UnknownEvent, sign, verifier,
};
use tokio::net::TcpListener;

const TOKEN: &str = "the token that Kustomer shows with the webhook";

/// What a team writes: what to do with each event.
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

/// Where events go that can never be handled; a team would keep them.
impl DeadLetters for Crm {
    fn put<'a>(&'a self, letter: DeadLetter<'a>) -> BoxFuture<'a, Result<(), BoxError>> {
        self.count("(dead letter)", &letter.reason().to_string());
        Box::pin(async { Ok(()) })
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let crm = Crm::default();
    let inline = Inline::new(Dispatcher::new(crm.clone())).with_dead_letters(crm.clone());
    let receiver = Receiver::new(inline, verifier([TOKEN])?);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, Router::new().route_service("/kustomer", receiver)).await });
    println!("receiving at http://{address}/kustomer");

    for (number, name) in EventName::KNOWN.iter().enumerate() {
        let data = KustomerResource { id: Some(format!("resource-{number}")), ..KustomerResource::default() };
        let event = KustomerEvent { name: Some(name.clone()), data: Some(data), ..KustomerEvent::default() };
        let body = serde_json::to_vec(&event)?;
        expect(name.as_str(), post(address, &sign(TOKEN, &body)?, body).await?, StatusCode::NO_CONTENT)?;
    }
    let forged = br#"{"name": "kustomer.user.create"}"#.to_vec();
    expect("a forged event", post(address, &sign("a guess", &forged)?, forged).await?, StatusCode::UNAUTHORIZED)?;
    let unknown = br#"{"name": "kustomer.tag.create"}"#.to_vec();
    expect("a name of tomorrow", post(address, &sign(TOKEN, &unknown)?, unknown).await?, StatusCode::NO_CONTENT)?;
    let not_json = b"not JSON".to_vec();
    expect("what is not JSON", post(address, &sign(TOKEN, &not_json)?, not_json).await?, StatusCode::ACCEPTED)?;

    every_method_ran_once(&crm)
}

/// Sends a body as Kustomer does.
async fn post(address: SocketAddr, signature: &str, body: Vec<u8>) -> Result<StatusCode, Box<dyn Error>> {
    let request = Request::post(format!("http://{address}/kustomer"))
        .header("content-type", "application/json")
        .header(SIGNATURE_HEADER, signature)
        .body(Full::new(Bytes::from(body)))?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    Ok(client.request(request).await?.status())
}

fn expect(what: &str, answer: StatusCode, expected: StatusCode) -> Result<(), Box<dyn Error>> {
    println!("{} for {what}", answer.as_u16());
    if answer == expected { Ok(()) } else { Err(format!("{what}: {answer}, where {expected} is due").into()) }
}

/// Ten events, ten methods; one name of tomorrow; one dead letter; nothing of the forged one.
fn every_method_ran_once(crm: &Crm) -> Result<(), Box<dyn Error>> {
    let counts = crm.counts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if counts.len() == EventName::KNOWN.len() + 2 && counts.values().all(|count| *count == 1) {
        println!("every method ran exactly once");
        return Ok(());
    }
    Err(format!("not every method ran exactly once: {counts:?}").into())
}
