//! What every inbox promises, held against each of them.

mod clock;
mod contract;
mod deleted;
mod disk;
mod inboxes;
mod json_lines;
mod order;
mod sqlite;
mod time;
