//! The command as it is called: a simulated Kustomer against a receiver, on loopback, with real processes.

#[cfg(feature = "nats")]
mod broker;
#[cfg(feature = "nats")]
mod cluster;
#[cfg(feature = "nats")]
mod credentials;
mod disk;
mod drain;
mod faults;
mod inbox;
mod kit;
#[cfg(feature = "nats")]
mod leader;
mod letters;
mod limits;
mod memory;
#[cfg(feature = "nats")]
mod nats;
mod outage;
mod port;
mod rotation;
mod tls;
mod unread;
mod verify;
