//! Tests of the command with real processes: a simulated Kustomer sends events to a receiver on the loopback interface.

#[cfg(feature = "nats")]
mod broker;
mod closed_output;
#[cfg(feature = "nats")]
mod cluster;
#[cfg(feature = "nats")]
mod credentials;
mod dead_letters;
mod disk;
mod drain;
mod faults;
mod inbox;
mod kit;
#[cfg(feature = "nats")]
mod leader;
mod limits;
mod memory;
#[cfg(feature = "nats")]
mod nats;
mod outage;
mod port;
mod rotation;
mod secrets;
mod stalled_log;
mod tls;
mod verify;
