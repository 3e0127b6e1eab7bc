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

/// How long the answer to a canary may take: longer than the receiver allows itself for anything.
const PATIENCE: Duration = Duration::from_secs(15);

const BODY: &[u8] = br#"{"canary":true}"#;

type Sign = dyn Fn(&[u8]) -> (String, String) + Send + Sync;

/// A delivery of the receiver's own, sent now and then, that goes the whole way: over a connection to the server's
/// own address, or to the URL where a team's server has the receiver ([`run`](Self::run)), signed and verified, stored, acknowledged, leased by a worker and done. No handler sees it, and its
/// id is not kept.
///
/// When one comes out is told by [`WorkerHealth::canary_age`], and by `asyncapi_canary_seconds` of a
/// [`Monitor`](super::Monitor). What it does not try is the handlers, and what stands before the receiver, such as a
/// proxy, unless it is sent there. Where several nodes share an inbox, a canary may come out at another than it went in at.
///
/// ```
/// # #[cfg(feature = "hmac")]
/// # mod example {
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// use asyncapi_runtime::http::Receiver;
/// use asyncapi_runtime::inbox::{EventFields, Inbox};
/// use asyncapi_runtime::server::{Canary, Server};
/// use asyncapi_runtime::verify::HmacSha256Hex;
/// use asyncapi_runtime::worker::WorkerHealth;
/// use asyncapi_runtime::{CanaryToken, Durable};
///
/// fn server(inbox: Arc<dyn Inbox>, verifier: HmacSha256Hex, health: WorkerHealth) -> Server<Durable<Arc<dyn Inbox>>> {
///     let mark = CanaryToken::random();
///     let durable = Durable::new(inbox, EventFields::new()).with_canary(mark.clone());
///     let signing = verifier.clone();
///     let canary = Canary::new(mark, move |body| signing.sign(body), health).with_period(Duration::from_secs(30));
///     Server::new(Receiver::new(durable, verifier)).with_canary(canary)
/// }
/// # }
/// ```
#[derive(Clone)]
pub struct Canary {
    mark: CanaryToken,
    sign: Arc<Sign>,
    health: WorkerHealth,
    period: Duration,
}

impl Canary {
    /// A canary that the acceptor knows by this mark (see [`Durable::with_canary`](crate::Durable::with_canary)), that
    /// bears the header `sign` makes of its body, and that comes out at the worker of this health. Every 60 seconds.
    pub fn new(
        mark: CanaryToken,
        sign: impl Fn(&[u8]) -> (String, String) + Send + Sync + 'static,
        health: WorkerHealth,
    ) -> Self {
        Self { mark, sign: Arc::new(sign), health, period: defaults::CANARY_PERIOD }
    }

    /// Sets how long after one the next is sent. Default: 60 s.
    #[must_use]
    pub fn with_period(mut self, period: Duration) -> Self {
        self.period = period;
        self
    }

    /// Sends one after the other to this URL, `http://HOST:PORT/PATH`, until `stop` is done: for a receiver that is mounted
    /// in a server of one's own, at whatever path it is there.
    ///
    /// ```no_run
    /// # use asyncapi_runtime::server::{Canary, terminated};
    /// # async fn example(canary: Canary) -> std::io::Result<()> {
    /// canary.run("http://127.0.0.1:8080/hooks", terminated()).await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// It is no such URL. To one that begins with `https` they go by [`run_with`](Self::run_with).
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

    /// The same, with a client of one's own, which says the status that a request was answered with: one that speaks TLS,
    /// so that a canary comes in by the proxy, as events do.
    pub async fn run_with<P>(
        self,
        url: Uri,
        mut post: impl FnMut(Request<Bytes>) -> P + Send,
        stop: impl Future<Output = ()> + Send,
    ) where
        P: Future<Output = io::Result<StatusCode>> + Send,
    {
        // From now on one is waited for.
        self.health.record_canary_sent();
        let sending = async {
            for number in 0_u64.. {
                match self.request(&url, number) {
                    Ok(request) => tell(tokio::time::timeout(PATIENCE, post(request)).await),
                    Err(error) => tracing::error!(%error, "no canary can be made"),
                }
                tokio::time::sleep(self.period).await;
            }
        };
        super::shutdown_or(pin!(stop), sending).await;
    }

    /// Sends one after the other to a server that listens there, for ever.
    pub(super) fn send_all(self, server: SocketAddr) -> impl Future<Output = ()> + Send + use<> {
        self.health.record_canary_sent();
        async move {
            let server = reachable(server).to_string();
            let url = Uri::builder().scheme("http").authority(server.as_str()).path_and_query("/").build();
            match url {
                Ok(url) => self.run_with(url, |request| post(&server, request), std::future::pending()).await,
                Err(error) => tracing::error!(%error, "no canary can be made"),
            }
        }
    }

    fn request(&self, url: &Uri, number: u64) -> Result<Request<Bytes>, http::Error> {
        let (signature, signed) = (self.sign)(BODY);
        let (mark, marked) = self.mark.header(number);
        let request = Request::post(url).header(CONTENT_TYPE, "application/json");
        request.header(signature, signed).header(mark, marked).body(Bytes::from_static(BODY))
    }
}

fn tell(answered: Result<io::Result<StatusCode>, Elapsed>) {
    match answered {
        Ok(Ok(status)) if status.is_success() => {}
        Ok(Ok(status)) => tracing::error!(status = status.as_u16(), "canary not acknowledged"),
        Ok(Err(error)) => tracing::error!(%error, "canary not delivered"),
        Err(_elapsed) => tracing::error!("canary not answered"),
    }
}

/// Posts one request over a connection of its own. The status that it is answered with.
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

/// An address to connect to: a server that listens on all of the machine's is reached at loopback.
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
