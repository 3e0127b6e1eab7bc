//! Tests of the inboxes in memory and in `SQLite`.

mod clock;
mod contract;
mod deleted;
mod disk;
mod inboxes;
mod json_lines;
mod order;
mod sqlite;
mod time;
