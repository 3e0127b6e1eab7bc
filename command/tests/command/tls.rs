//! TLS: the trusted certificates are the system's, or those of `SSL_CERT_FILE`.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::kit::{Sandbox, report};

/// An HTTPS server with a self-signed certificate. It answers each request with 200.
struct Endpoint {
    port: u16,
    certificate: String,
    bodies: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Endpoint {
    fn start() -> Self {
        let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::Pkcs8(certified.signing_key.serialize_der().into());
        let config = ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certified.cert.der().clone()], key)
            .unwrap();
        let (config, bodies) = (Arc::new(config), Arc::new(Mutex::new(Vec::new())));
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let received = Arc::clone(&bodies);
        // The thread ends with the process of the test.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut stream = BufReader::new(StreamOwned::new(connection, stream.unwrap()));
                // A client that does not trust the certificate closes the connection.
                if let Some(body) = read_body(&mut stream) {
                    received.lock().unwrap().push(body);
                    let response = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                    let _ignored = stream.get_mut().write_all(response);
                }
            }
        });
        Self { port, certificate: certified.cert.pem(), bodies }
    }

    fn url(&self) -> String {
        format!("https://localhost:{}/events", self.port)
    }

    /// A sandbox that trusts the certificate.
    fn trusted(&self) -> Sandbox {
        let mut sandbox = Sandbox::new();
        fs::write(sandbox.file("certificate.pem"), &self.certificate).unwrap();
        sandbox.trusted = Some(sandbox.file("certificate.pem"));
        sandbox
    }
}

/// Reads one request, and returns its body.
fn read_body(stream: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok().filter(|bytes| *bytes > 0)?;
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some(body)
}

#[test]
fn events_are_forwarded_to_an_https_url() {
    let endpoint = Endpoint::start();
    let sandbox = endpoint.trusted();
    let serving = sandbox.serve(&["--forward", &endpoint.url()]);
    let (_, code) = report(sandbox.sim(&["--count", "3", "--rate", "100"]));
    assert_eq!(code, Some(0));
    let listed = sandbox.wait_until_settled(&[]);
    serving.terminate();
    assert_eq!(listed["dead"], 0, "{listed}");
    let bodies = endpoint.bodies.lock().unwrap();
    assert_eq!(bodies.len(), 3);
    assert!(bodies.iter().all(|body| serde_json::from_slice::<serde_json::Value>(body).is_ok()));
}

#[test]
fn an_untrusted_certificate_is_reported() {
    let (endpoint, other) = (Endpoint::start(), Endpoint::start());
    let sandbox = other.trusted();
    let serving = sandbox.serve(&["--forward", &endpoint.url(), "--attempts", "1"]);
    let (_, code) = report(sandbox.sim(&["--count", "1"]));
    assert_eq!(code, Some(0), "the delivery to the receiver succeeds");
    let listed = sandbox.wait_until_settled(&["--state", "dead"]);
    serving.terminate();
    let reason = &listed["events"][0]["reason"];
    assert_eq!(reason["kind"], "exhausted", "{listed}");
    assert!(reason["message"].as_str().unwrap().contains("certificate"), "{listed}");
    assert!(endpoint.bodies.lock().unwrap().is_empty());
}

#[test]
fn events_are_simulated_to_an_https_url() {
    let endpoint = Endpoint::start();
    let sandbox = endpoint.trusted();
    let (report, code) = report(sandbox.sim_at(&endpoint.url(), &["--count", "3", "--rate", "100"]));
    assert_eq!(code, Some(0), "{report}");
    assert_eq!(report["answers"], serde_json::json!({"200": 3}));
    assert_eq!(endpoint.bodies.lock().unwrap().len(), 3);
}
