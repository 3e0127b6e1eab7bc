//! The servers that are compared. Each is this program in a separate process, with other arguments.

use std::convert::Infallible;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use asyncapi_receiver::http::Receiver;
use asyncapi_receiver::inbox::{EventFields, FieldPath, Sqlite};
use asyncapi_receiver::server::{Server, terminated};
use asyncapi_receiver::verify::{HmacSha256Hex, Secret};
use asyncapi_receiver::{Durable, Worker};
use asyncapi_runtime::{BoxError, BoxFuture, Context, DecodeError, Dispatch, DispatchError, Inbound, Route};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

pub(crate) const WORD: &str = "serve";
pub(crate) const HEADER: &str = "x-signature";
pub(crate) const TOKEN: &str = "token";

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// Only hyper with a handler that reads the body.
    Bare,
    /// The receiver with its inbox, and handlers that do nothing.
    Instant,
    /// The receiver with its inbox, and handlers that take a minute.
    Slow,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Bare, Self::Instant, Self::Slow];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Bare => "bare hyper handler",
            Self::Instant => "receiver, instant handlers",
            Self::Slow => "receiver, handlers of a minute",
        }
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| format!("no {text:?}"))
    }
}

/// Serves until SIGTERM. Prints its address on the first line.
pub(crate) async fn serve(kind: Kind, directory: &Path) -> Result<(), BoxError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    println!("{}", listener.local_addr()?);
    let handler = match kind {
        Kind::Bare => return bare(listener).await,
        Kind::Instant => Handler(Duration::ZERO),
        // A second below the deadline.
        Kind::Slow => Handler(Duration::from_secs(59)),
    };
    let inbox = Arc::new(Sqlite::open(directory.join("inbox.sqlite"))?);
    let event_fields = EventFields::new().with_id(FieldPath::payload("/id")).with_key(FieldPath::payload("/key"));
    let verifier = HmacSha256Hex::new(HEADER, [Secret::new(TOKEN)?])?;
    let receiver = Receiver::new(Durable::new(Arc::clone(&inbox), event_fields), verifier);
    tokio::spawn(Worker::new(inbox, handler).run(terminated()));
    Server::new(receiver).serve(listener, terminated()).await;
    Ok(())
}

async fn bare(listener: TcpListener) -> Result<(), BoxError> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let mut protocol = hyper::server::conn::http1::Builder::new();
        protocol.timer(TokioTimer::new());
        tokio::spawn(protocol.serve_connection(TokioIo::new(stream), service_fn(accept)));
    }
}

async fn accept(request: Request<Incoming>) -> Result<Response<Empty<Bytes>>, Infallible> {
    let read = request.into_body().collect().await;
    let mut response = Response::new(Empty::new());
    *response.status_mut() = if read.is_ok() { StatusCode::ACCEPTED } else { StatusCode::BAD_REQUEST };
    Ok(response)
}

/// A handler that takes this long.
struct Handler(Duration);

impl Dispatch for Handler {
    fn route(&self, _: &Inbound) -> Result<Route, DecodeError> {
        Ok(Route::Known("event".into()))
    }

    fn dispatch<'a>(&'a self, _: &'a Context<'a>) -> BoxFuture<'a, Result<(), DispatchError>> {
        Box::pin(async {
            tokio::time::sleep(self.0).await;
            Ok(())
        })
    }
}

pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Process {
    pub(crate) fn start(kind: Kind, directory: &Path) -> Result<Self, BoxError> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut child = command.args([WORD, kind.as_str()]).arg(directory).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        Ok(Self { child, address: line.trim().parse()? })
    }

    /// The peak resident memory in bytes. `None` if the system has no `/proc`.
    pub(crate) fn most_resident(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kib| kib * 1024)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _dead = self.child.kill();
        let _waited = self.child.wait();
    }
}
