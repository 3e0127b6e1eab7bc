//! Ports for those who listen, are killed, and listen there again.

use std::net::TcpListener;
use std::ops::Range;
use std::sync::atomic::{AtomicU16, Ordering};

/// Below those that a system gives to whoever connects, so that no connection of another test, nor what is left of it for
/// a minute, has the port in the meantime.
const PORTS: Range<u16> = 10_000..32_000;

/// One at which nobody listens, given once.
pub(crate) fn free() -> u16 {
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    let many = PORTS.end - PORTS.start;
    // Tests that run beside these, in another process, begin elsewhere.
    let first = std::process::id().wrapping_mul(97) % u32::from(many);
    let first = u16::try_from(first).unwrap();
    loop {
        let next = GIVEN.fetch_add(1, Ordering::Relaxed);
        let port = PORTS.start + (first + next % many) % many;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
