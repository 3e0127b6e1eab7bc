//! The command as it is called: a simulated Kustomer against a receiver, on loopback, with real processes.

mod disk;
mod faults;
mod inbox;
mod kit;
mod letters;
mod limits;
mod outage;
mod rotation;
mod tls;
mod verify;
