//! TLS: what is trusted is told by the system, or by `SSL_CERT_FILE`.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::kit::{Place, report};

/// Answers 200 to whatever is posted to it, by TLS with a certificate of its own making.
struct Endpoint {
    port: u16,
    certificate: String,
    bodies: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Endpoint {
    fn start() -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
        let config = ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let (config, bodies) = (Arc::new(config), Arc::new(Mutex::new(Vec::new())));
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::clone(&bodies);
        // It ends with the test's process.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut stream = BufReader::new(StreamOwned::new(connection, stream.unwrap()));
                // A client that trusts nobody hangs up in between.
                if let Some(body) = read(&mut stream) {
                    seen.lock().unwrap().push(body);
                    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                    let _gone = stream.get_mut().write_all(answer);
                }
            }
        });
        Self { port, certificate: made.cert.pem(), bodies }
    }

    fn url(&self) -> String {
        format!("https://localhost:{}/events", self.port)
    }

    /// A place where its certificate is trusted.
    fn trusted(&self) -> Place {
        let mut place = Place::new();
        fs::write(place.file("certificate.pem"), &self.certificate).unwrap();
        place.trusted = Some(place.file("certificate.pem"));
        place
    }
}

/// The body of one request.
fn read(stream: &mut impl BufRead) -> Option<Vec<u8>> {
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
    let place = endpoint.trusted();
    let serving = place.serve(&["--forward", &endpoint.url()]);
    let (_, code) = report(place.sim(&["--count", "3", "--rate", "100"]));
    assert_eq!(code, Some(0));
    let listed = place.settled(&[]);
    serving.terminate();
    assert_eq!(listed["dead"], 0, "{listed}");
    let bodies = endpoint.bodies.lock().unwrap();
    assert_eq!(bodies.len(), 3);
    assert!(bodies.iter().all(|body| serde_json::from_slice::<serde_json::Value>(body).is_ok()));
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_said() {
    let (endpoint, other) = (Endpoint::start(), Endpoint::start());
    let place = other.trusted();
    let serving = place.serve(&["--forward", &endpoint.url(), "--attempts", "1"]);
    let (_, code) = report(place.sim(&["--count", "1"]));
    assert_eq!(code, Some(0), "Kustomer need not know");
    let listed = place.settled(&["--state", "dead"]);
    serving.terminate();
    let reason = &listed["events"][0]["reason"];
    assert_eq!(reason["kind"], "exhausted", "{listed}");
    assert!(reason["message"].as_str().unwrap().contains("certificate"), "{listed}");
    assert!(endpoint.bodies.lock().unwrap().is_empty());
}

#[test]
fn events_are_simulated_to_an_https_url() {
    let endpoint = Endpoint::start();
    let place = endpoint.trusted();
    let (report, code) = report(place.sim_at(&endpoint.url(), &["--count", "3", "--rate", "100"]));
    assert_eq!(code, Some(0), "{report}");
    assert_eq!(report["answers"], serde_json::json!({"200": 3}));
    assert_eq!(endpoint.bodies.lock().unwrap().len(), 3);
}
