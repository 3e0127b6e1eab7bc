//! Free ports for brokers that are killed and then listen on the same port again.

use std::net::TcpListener;
use std::ops::Range;
use std::sync::atomic::{AtomicU16, Ordering};

/// Below the ephemeral ports, which the system uses for outgoing connections. Otherwise a connection of another test
/// could occupy the port while the broker is down, or for a minute after it was closed (TIME-WAIT).
const PORTS: Range<u16> = 10_000..32_000;

/// A port on which no process listens. Each call returns another port.
///
/// # Panics
///
/// Never, since there are fewer than 65,536 ports.
#[must_use]
pub fn free_port() -> u16 {
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    let many = PORTS.end - PORTS.start;
    // Tests in another process start with another port.
    let first = u16::try_from(std::process::id().wrapping_mul(97) % u32::from(many)).expect("fewer than 65,536 ports");
    loop {
        let next = GIVEN.fetch_add(1, Ordering::Relaxed);
        let offset = (u32::from(first) + u32::from(next)) % u32::from(many);
        let port = PORTS.start + u16::try_from(offset).expect("fewer than 65,536 ports");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
