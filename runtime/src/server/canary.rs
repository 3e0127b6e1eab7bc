use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::defaults;
use crate::durable::CanaryMark;
use crate::worker::Pulse;

/// How long the answer to a canary may take: longer than the receiver allows itself for anything.
const PATIENCE: Duration = Duration::from_secs(15);

const BODY: &[u8] = br#"{"canary":true}"#;

type Sign = dyn Fn(&[u8]) -> (String, String) + Send + Sync;

/// A delivery of the receiver's own, sent now and then, that goes the whole way: over a connection to the server's
/// own address, signed and verified, stored, acknowledged, leased by a worker and done. No handler sees it, and its
/// id is not kept.
///
/// When one comes out is told by [`Pulse::canary_age`], and by `asyncapi_canary_seconds` of a
/// [`Monitor`](super::Monitor). What it does not try is what stands before the receiver, such as a proxy, and the
/// handlers. Where several nodes share an inbox, a canary may come out at another than it went in at.
///
/// ```
/// # #[cfg(feature = "hmac")]
/// # mod example {
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// use asyncapi_runtime::http::Receiver;
/// use asyncapi_runtime::inbox::{Envelope, Inbox};
/// use asyncapi_runtime::server::{Canary, Server};
/// use asyncapi_runtime::verify::HmacSha256Hex;
/// use asyncapi_runtime::worker::Pulse;
/// use asyncapi_runtime::{CanaryMark, Durable};
///
/// fn server(inbox: Arc<dyn Inbox>, verifier: HmacSha256Hex, pulse: Pulse) -> Server<Durable<Arc<dyn Inbox>>> {
///     let mark = CanaryMark::random();
///     let durable = Durable::new(inbox, Envelope::new()).with_canary(mark.clone());
///     let signing = verifier.clone();
///     let canary = Canary::new(mark, move |body| signing.sign(body), pulse).with_period(Duration::from_secs(30));
///     Server::new(Receiver::new(durable, verifier)).with_canary(canary)
/// }
/// # }
/// ```
#[derive(Clone)]
pub struct Canary {
    mark: CanaryMark,
    sign: Arc<Sign>,
    pulse: Pulse,
    period: Duration,
}

impl Canary {
    /// A canary that the acceptor knows by this mark (see [`Durable::with_canary`](crate::Durable::with_canary)), that
    /// bears the header `sign` makes of its body, and that comes out at the worker of this pulse. Every 60 seconds.
    pub fn new(
        mark: CanaryMark,
        sign: impl Fn(&[u8]) -> (String, String) + Send + Sync + 'static,
        pulse: Pulse,
    ) -> Self {
        Self { mark, sign: Arc::new(sign), pulse, period: defaults::CANARY_PERIOD }
    }

    /// Sets how long after one the next is sent. Default: 60 s.
    #[must_use]
    pub fn with_period(mut self, period: Duration) -> Self {
        self.period = period;
        self
    }

    /// Sends one after the other, for ever.
    pub(super) fn send_all(self, server: SocketAddr) -> impl Future<Output = ()> + Send + use<> {
        // From now on one is waited for.
        self.pulse.canary_went_in();
        async move {
            let server = reachable(server);
            for number in 0_u64.. {
                match tokio::time::timeout(PATIENCE, self.send(server, number)).await {
                    Ok(Ok(status)) if status.starts_with('2') => {}
                    Ok(Ok(status)) => tracing::error!(%status, "canary not acknowledged"),
                    Ok(Err(error)) => tracing::error!(%error, "canary not delivered"),
                    Err(_elapsed) => tracing::error!("canary not answered"),
                }
                tokio::time::sleep(self.period).await;
            }
        }
    }

    /// The status that it is answered with.
    async fn send(&self, server: SocketAddr, number: u64) -> io::Result<String> {
        let (signature, signed) = (self.sign)(BODY);
        let (mark, marked) = self.mark.header(number);
        let mut request = format!(
            "POST / HTTP/1.1\r\nhost: {server}\r\nconnection: close\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n{signature}: {signed}\r\n{mark}: {marked}\r\n\r\n",
            BODY.len()
        )
        .into_bytes();
        request.extend_from_slice(BODY);
        let mut stream = TcpStream::connect(server).await?;
        stream.write_all(&request).await?;
        // `HTTP/1.1 202`.
        let mut line = [0; 12];
        stream.read_exact(&mut line).await?;
        Ok(String::from_utf8_lossy(&line[9..]).into_owned())
    }
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
