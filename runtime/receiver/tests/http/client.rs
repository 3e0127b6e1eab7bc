//! A minimal HTTP/1.1 client that can send invalid requests.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Only ends a test that hangs. No test measures this time.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, PartialEq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no reply: {text:?}"));
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap().parse().unwrap();
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            // It would be different in the next second.
            .filter(|(name, _)| name != "date")
            .collect();
        Self { status, headers, body: body.to_owned() }
    }
}

/// The head of a request: the request line, the required headers, and the given headers.
pub(crate) fn head(method: &str, headers: &[(&str, &str)]) -> String {
    let lines: Vec<_> = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let lines = lines.concat();
    format!("{method} /hook HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{lines}\r\n")
}

/// Sends the request, keeps the connection open, and waits for the reply.
pub(crate) async fn send(server: SocketAddr, request: &str) -> Reply {
    let exchange = async {
        let mut stream = TcpStream::connect(server).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).await.unwrap();
        Reply::parse(&reply)
    };
    timeout(PATIENCE, exchange).await.expect("no reply")
}

/// Sends a complete POST with this body.
pub(crate) async fn post(server: SocketAddr, headers: &[(&str, &str)], body: &str) -> Reply {
    let length = body.len().to_string();
    let head = head("POST", &[&[("content-length", length.as_str())], headers].concat());
    send(server, &(head + body)).await
}
