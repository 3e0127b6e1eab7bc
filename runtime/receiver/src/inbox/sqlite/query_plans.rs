//! Tests that each statement uses an index, and that its cost does not depend on the number of stored events.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use asyncapi_runtime::Inbound;
use rusqlite::Connection;
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use tempfile::TempDir;

use super::queries::{Access, Shared, Store};
use super::schema;
use super::uptime::ClockReading;
use crate::inbox::{
    Delivery, EntryId, EventId, LeaseToken, OrderKey, Page, Reason, ReasonKind, Revision, Settlement, State,
};

/// The time of the tests, in milliseconds.
const NOW: i64 = 1_700_000_000_000;
const CLOCK: ClockReading = ClockReading { began: NOW, now: NOW };
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

thread_local! {
    static STEPS: Cell<u64> = const { Cell::new(0) };
    static STATEMENTS: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
}

/// An inbox with this number of events in each state, of many resources and of one.
struct Filled {
    _directory: TempDir,
    connection: Connection,
}

impl Filled {
    fn with(events: usize) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let connection = schema::open(&directory.path().join("inbox.sqlite")).unwrap();
        let sql = format!(
            "BEGIN;
             WITH RECURSIVE number(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM number WHERE n < {events}),
                 states(state) AS (VALUES (0), (1), (2), (3), (4), (5))
             INSERT INTO event (id, state, kind, key, revision, received_at, stored_at, due_at, due_after, settled_at, body)
             SELECT 's' || state || '-' || n, state, 0,
                 CASE WHEN n % 2 = 1 THEN 'many' WHEN state IN (1, 4) THEN 'key' || n END,
                 n, {NOW} - n, {NOW} - n, {NOW} - 200 + 2 * n, 2 * {events} + 70000, {NOW} - n * 1000, x'7b7d'
             FROM number, states WHERE state <> 3 OR n <= 16;
             COMMIT"
        );
        connection.execute_batch(&sql).unwrap();
        Self { _directory: directory, connection }
    }
}

fn event(id: &str) -> Delivery {
    Delivery::new(EventId::new(id), Inbound::new("{}"))
}

/// What workers, receivers, monitors and operators do.
type Operation = (&'static str, fn(&Store<'_>) -> Result<(), rusqlite::Error>);

const OPERATIONS: [Operation; 20] = [
    ("the first lease", |store| store.lease(16, CLOCK).map(drop)),
    ("put", |store| store.put(&event("put"), None, CLOCK).map(drop)),
    ("put of a key", |store| store.put(&event("key").with_key(OrderKey::new("many")), None, CLOCK).map(drop)),
    ("put of a duplicate", |store| store.put(&event("s4-7"), None, CLOCK).map(drop)),
    ("put of a dead letter", |store| {
        store.put(&event("dead"), Some(&Reason::new(ReasonKind::NotJson, "no")), CLOCK).map(drop)
    }),
    ("lease and settle", |store| {
        let settlements = [
            Settlement::Done,
            Settlement::Retry { after: DAY },
            Settlement::Dead(Reason::new(ReasonKind::Rejected, "no")),
            Settlement::Released,
        ];
        for (leased, settlement) in store.lease(16, CLOCK)?.unwrap().leased.iter().zip(settlements.iter().cycle()) {
            assert!(store.settle(leased.token, settlement, CLOCK)?.is_some());
        }
        Ok(())
    }),
    ("settle an event of a key with many others", |store| {
        let revision = Revision { number: 3, before: None };
        store.put(&event("next").with_key(OrderKey::new("many")).with_revision(revision), None, CLOCK)?;
        let sql = "UPDATE event SET state = 3, fence = 7 WHERE id = 'next'";
        store.run(sql, [])?;
        let number = store.number("SELECT receipt FROM event WHERE id = 'next'", [])?.unwrap();
        let token = LeaseToken { entry_id: EntryId(number.unsigned_abs()), fence: 7 };
        assert!(store.settle(token, &Settlement::Done, CLOCK)?.is_some());
        Ok(())
    }),
    ("lease after the clock was set back", |store| {
        store.lease(16, ClockReading { now: NOW - 60_000, ..CLOCK }).map(drop)
    }),
    ("stats", |store| store.stats(CLOCK).map(drop)),
    ("list", |store| store.list(Page { most: 50, ..Page::first() }).map(drop)),
    ("list of a state", |store| store.list(Page { most: 50, ..Page::of(State::Held) }).map(drop)),
    ("find", |store| store.find(&EventId::new("s0-7")).map(drop)),
    ("requeue", |store| store.requeue(&EventId::new("s5-7")).map(drop)),
    ("requeue some", |store| store.requeue_after(EntryId(100), 50).map(drop)),
    ("discard", |store| store.discard(&EventId::new("s5-9")).map(drop)),
    ("discard some", |store| store.discard_after(EntryId(100), 50).map(drop)),
    ("purge of nothing", |store| store.purge(State::Done, 365 * DAY, CLOCK, 50).map(drop)),
    ("purge of ids", |store| store.purge(State::Done, Duration::from_secs(10), CLOCK, 50).map(drop)),
    ("purge of dead letters", |store| store.purge(State::Dead, Duration::from_secs(10), CLOCK, 50).map(drop)),
    ("probe", |store| store.probe()),
];

/// The number of steps of the virtual machine of `SQLite` for each operation.
fn steps(events: usize) -> Vec<u64> {
    let filled = Filled::with(events);
    let count = || {
        STEPS.set(STEPS.get() + 1);
        false
    };
    filled.connection.progress_handler(1, Some(count)).unwrap();
    let store = Store::new(&filled.connection, Access::Write, Arc::new(Shared::new()));
    OPERATIONS
        .iter()
        .map(|(name, operation)| {
            STEPS.set(0);
            assert!(store.transaction(|| operation(&store)).is_ok(), "{name}");
            STEPS.get()
        })
        .collect()
}

#[test]
fn the_cost_of_each_operation_does_not_depend_on_the_number_of_events() {
    let (few, many) = (steps(600), steps(6_000));
    for (((name, _), few), many) in OPERATIONS.iter().zip(few).zip(many) {
        assert!(many <= few + few / 4, "{name}: {few} steps with 600 events in each state, {many} with 6,000");
    }
}

#[test]
fn the_number_of_events_in_each_state_is_counted() {
    let filled = Filled::with(600);
    let store = Store::new(&filled.connection, Access::Write, Arc::new(Shared::new()));
    for (name, operation) in OPERATIONS {
        assert!(store.transaction(|| operation(&store)).is_ok(), "{name}");
        let wrong = "SELECT count(*) FROM tally
             WHERE events <> (SELECT count(*) FROM event WHERE event.state = tally.state)";
        assert_eq!(store.number(wrong, []).unwrap(), Some(0), "after {name}");
    }
}

#[test]
fn the_plan_of_each_statement_reads_no_whole_table_and_sorts_nothing() {
    let filled = Filled::with(100);
    let record = |event: TraceEvent<'_>| {
        if let TraceEvent::Stmt(statement, _) = event {
            STATEMENTS.with_borrow_mut(|statements| statements.insert(statement.sql().into_owned()));
        }
    };
    filled.connection.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(record));
    let store = Store::new(&filled.connection, Access::Write, Arc::new(Shared::new()));
    for (name, operation) in OPERATIONS {
        assert!(store.transaction(|| operation(&store)).is_ok(), "{name}");
    }
    filled.connection.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, None);
    let statements = STATEMENTS.take();
    // Transactions, and statements of triggers, which are part of the plan of the others.
    let is_query = |sql: &&String| !["BEGIN", "COMMIT", "ROLLBACK", "--"].iter().any(|other| sql.starts_with(other));
    let mut explained = 0;
    for sql in statements.iter().filter(is_query) {
        let mut plan = filled.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        // Without values of the parameters, as when it is prepared.
        let mut lines = plan.raw_query();
        while let Some(line) = lines.next().unwrap() {
            let line: String = line.get(3).unwrap();
            let is_small = ["passed", "lessee", "forgotten", "tally"].iter().any(|table| line.contains(table));
            // The first row in the order of the table or of an index.
            let is_first_row = match line.as_str() {
                "SCAN event" => sql.contains("ORDER BY receipt DESC LIMIT 1"),
                "SCAN event USING INDEX event_by_due" => sql.contains("ORDER BY due_at LIMIT 1"),
                "SCAN event USING INDEX event_interrupted" => sql.contains("ORDER BY attempts, receipt LIMIT 1"),
                _ => false,
            };
            let is_fine = line.starts_with("SEARCH") || line.starts_with("LIST SUBQUERY") || is_small;
            assert!(is_fine || is_first_row, "{line}\n{sql}");
        }
        explained += 1;
    }
    assert!(explained > 30, "{explained} statements");
}
