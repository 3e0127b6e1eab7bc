//! Sends events at a constant rate, even if earlier events are not answered yet.

use std::net::SocketAddr;
use std::time::Duration;

use asyncapi_receiver::verify::{Secret, sign};
use asyncapi_runtime::BoxError;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::server::{HEADER, TOKEN};

pub(crate) const BODY_BYTES: usize = 4 * 1024;
const CONNECTIONS: u32 = 64;
const KEYS: u32 = 500;

/// The status of an answer, and the time until it arrived.
#[derive(Clone, Copy)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) after: Duration,
}

pub(crate) async fn send(to: SocketAddr, rate: u32, seconds: u32) -> Result<Vec<Answer>, BoxError> {
    let start = Instant::now() + Duration::from_millis(100);
    let mut connections = JoinSet::new();
    for connection in 0..CONNECTIONS {
        connections.spawn(send_some(connection, to, start, rate, rate * seconds));
    }
    let mut answers = Vec::new();
    while let Some(some) = connections.join_next().await {
        answers.extend(some??);
    }
    Ok(answers)
}

/// Sends the events of one connection, each when it is due. If the previous event is not answered by then, the wait is
/// part of the measured time.
async fn send_some(
    first: u32,
    to: SocketAddr,
    start: Instant,
    rate: u32,
    events: u32,
) -> Result<Vec<Answer>, BoxError> {
    let stream = TcpStream::connect(to).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let secret = Secret::new(TOKEN)?;
    let mut answers = Vec::new();
    for event in (first..events).step_by(CONNECTIONS as usize) {
        let body = body(event);
        let signature = sign(&secret, &body);
        let due = start + Duration::from_secs(1) * event / rate;
        let was_free = Instant::now() < due;
        sleep_until(due).await;
        // The delay of the timer is not part of the measured time.
        let begun = if was_free { Instant::now() } else { due };
        let status = post(&mut sender, body, signature).await?;
        answers.push(Answer { status, after: begun.elapsed() });
    }
    Ok(answers)
}

fn body(event: u32) -> Bytes {
    let start = format!(r#"{{"id": "e{event}", "key": "k{}", "pad": ""#, event % KEYS);
    let pad = "x".repeat(BODY_BYTES.saturating_sub(start.len() + 2));
    Bytes::from(start + &pad + "\"}")
}

async fn post(sender: &mut SendRequest<Full<Bytes>>, body: Bytes, signature: String) -> Result<u16, BoxError> {
    let request = http::Request::post("/").header("host", "localhost").header(HEADER, signature);
    sender.ready().await?;
    let response = sender.send_request(request.body(Full::new(body))?).await?;
    let status = response.status().as_u16();
    response.into_body().collect().await?;
    Ok(status)
}
