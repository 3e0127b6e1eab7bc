//! Canaries: requests that a receiver sends to itself to test the whole path.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::uri::{Authority, InvalidUri, PathAndQuery};
use http::{Request, StatusCode, Uri};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::error::Elapsed;

use crate::defaults;
use crate::durable::CanaryToken;
use crate::worker::WorkerHealth;

/// The time limit for the response to a canary, longer than all limits of the receiver.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(15);

const BODY: &[u8] = br#"{"canary":true}"#;

type Sign = dyn Fn(&[u8]) -> (String, String) + Send + Sync;

/// A request that a receiver sends to itself periodically to test the whole path. It is sent to the address of the
/// server, or to a URL ([`run`](Self::run)); signed, verified, stored, acknowledged, leased by a worker and settled. No
/// handler sees it, and its id is not kept.
///
/// [`WorkerHealth::canary_age`] and the metric `asyncapi_canary_seconds` of a [`Monitor`](super::Monitor) report when a
/// canary last arrived. Canaries do not test the handlers, and test a proxy only if they are sent to its URL. If
/// several nodes share an inbox, a canary may arrive at another node than the one that sent it.
///
/// ```
/// # #[cfg(feature = "hmac")]
/// # mod example {
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// use asyncapi_receiver::http::Receiver;
/// use asyncapi_receiver::inbox::{EventFields, Inbox};
/// use asyncapi_receiver::server::{Canary, Server};
/// use asyncapi_receiver::verify::HmacSha256Hex;
/// use asyncapi_receiver::worker::WorkerHealth;
/// use asyncapi_receiver::{CanaryToken, Durable};
///
/// fn server(inbox: Arc<dyn Inbox>, verifier: HmacSha256Hex, health: WorkerHealth) -> Server<Durable<Arc<dyn Inbox>>> {
///     let token = CanaryToken::random();
///     let durable = Durable::new(inbox, EventFields::new()).with_canary(token.clone());
///     let signing = verifier.clone();
///     let canary = Canary::new(token, move |body| signing.sign(body), health).with_period(Duration::from_secs(30));
///     Server::new(Receiver::new(durable, verifier)).with_canary(canary)
/// }
/// # }
/// ```
#[derive(Clone)]
pub struct Canary {
    token: CanaryToken,
    sign: Arc<Sign>,
    health: WorkerHealth,
    period: Duration,
}

impl Canary {
    /// Canaries with this token (see [`Durable::with_canary`](crate::Durable::with_canary)), with the header that
    /// `sign` returns for the body, and for the worker with this health. One is sent every 60 seconds.
    pub fn new(
        token: CanaryToken,
        sign: impl Fn(&[u8]) -> (String, String) + Send + Sync + 'static,
        health: WorkerHealth,
    ) -> Self {
        Self { token, sign: Arc::new(sign), health, period: defaults::CANARY_PERIOD }
    }

    /// Sets the period. Default: 60 s.
    #[must_use]
    pub fn with_period(mut self, period: Duration) -> Self {
        self.period = period;
        self
    }

    /// Sends canaries to this URL, `http://HOST:PORT/PATH`, until `stop` completes: for a receiver in your own server.
    ///
    /// ```no_run
    /// # use asyncapi_receiver::server::{Canary, terminated};
    /// # async fn example(canary: Canary) -> std::io::Result<()> {
    /// canary.run("http://127.0.0.1:8080/hooks", terminated()).await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The URL is not valid. Use [`run_with`](Self::run_with) for `https`.
    pub async fn run(self, url: &str, stop: impl Future<Output = ()> + Send) -> io::Result<()> {
        let invalid = |problem: String| io::Error::new(io::ErrorKind::InvalidInput, format!("{url}: {problem}"));
        let uri: Uri = url.parse().map_err(|error: InvalidUri| invalid(error.to_string()))?;
        let (Some("http"), Some(host)) = (uri.scheme_str(), uri.host()) else {
            return Err(invalid("write http://HOST:PORT/PATH".to_owned()));
        };
        let server = format!("{host}:{}", uri.port_u16().unwrap_or(80));
        self.run_with(uri, |request| post(&server, request), stop).await;
        Ok(())
    }

    /// Like [`run`](Self::run), with your own HTTP client: `post` sends a request and returns the status. With TLS,
    /// canaries can take the path through a proxy, like events.
    pub async fn run_with<P>(
        self,
        url: Uri,
        mut post: impl FnMut(Request<Bytes>) -> P + Send,
        stop: impl Future<Output = ()> + Send,
    ) where
        P: Future<Output = io::Result<StatusCode>> + Send,
    {
        // The silence starts now.
        self.health.record_canary_sent();
        let sending = async {
            for number in 0_u64.. {
                match self.request(&url, number) {
                    Ok(request) => log_failure(tokio::time::timeout(RESPONSE_TIMEOUT, post(request)).await),
                    Err(error) => tracing::error!(%error, "the request of a canary is not valid"),
                }
                tokio::time::sleep(self.period).await;
            }
        };
        super::shutdown_or(pin!(stop), sending).await;
    }

    /// Sends canaries to a server at this address, without end.
    pub(super) fn send_all(self, server: SocketAddr) -> impl Future<Output = ()> + Send + use<> {
        self.health.record_canary_sent();
        async move {
            let server = reachable(server).to_string();
            let url = Uri::builder().scheme("http").authority(server.as_str()).path_and_query("/").build();
            match url {
                Ok(url) => self.run_with(url, |request| post(&server, request), std::future::pending()).await,
                Err(error) => tracing::error!(%error, "the request of a canary is not valid"),
            }
        }
    }

    fn request(&self, url: &Uri, number: u64) -> Result<Request<Bytes>, http::Error> {
        let (signature, signed) = (self.sign)(BODY);
        let (name, value) = self.token.header(number);
        let request = Request::post(url).header(CONTENT_TYPE, "application/json");
        request.header(signature, signed).header(name, value).body(Bytes::from_static(BODY))
    }
}

/// Logs a canary that was not acknowledged.
fn log_failure(answered: Result<io::Result<StatusCode>, Elapsed>) {
    match answered {
        Ok(Ok(status)) if status.is_success() => {}
        Ok(Ok(status)) => tracing::error!(status = status.as_u16(), "canary not acknowledged"),
        Ok(Err(error)) => tracing::error!(%error, "canary not delivered"),
        Err(_elapsed) => tracing::error!("canary not answered"),
    }
}

/// Posts a request over a new connection, and returns the status.
async fn post(server: &str, request: Request<Bytes>) -> io::Result<StatusCode> {
    let path = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
    let host = request.uri().authority().map_or(server, Authority::as_str);
    let length = request.body().len();
    let mut text = format!("POST {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n");
    for (name, value) in request.headers() {
        let value = value.to_str().map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        text.extend([name.as_str(), ": ", value, "\r\n"]);
    }
    text.push_str("\r\n");
    let mut stream = TcpStream::connect(server).await?;
    stream.write_all(text.as_bytes()).await?;
    stream.write_all(request.body()).await?;
    // `HTTP/1.1 202`.
    let mut line = [0; 12];
    stream.read_exact(&mut line).await?;
    StatusCode::from_bytes(&line[9..]).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// The address to connect to: loopback for a server that listens on all addresses.
fn reachable(server: SocketAddr) -> SocketAddr {
    let ip = match server.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, server.port())
}

impl fmt::Debug for Canary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Canary").field("period", &self.period).finish_non_exhaustive()
    }
}
