//! What the receiver promises, each made wrong, and the test that has to notice.

/// A way of being wrong, and the proof that has to notice.
pub(crate) struct Mutation {
    pub(crate) name: &'static str,
    pub(crate) file: &'static str,
    /// Expressions, each with what is there in its place.
    pub(crate) sites: &'static [(&'static str, &'static str)],
    /// A test's program and path.
    pub(crate) proof: (&'static str, &'static str),
}

/// The programs of the runtime's tests that hold the proofs.
pub(crate) const PROGRAMS: [&str; 3] = ["durable", "http", "inbox"];

pub(crate) const MUTATIONS: &[Mutation] = &[
    Mutation {
        name: "acknowledged once the inbox is asked",
        file: "runtime/src/durable.rs",
        sites: &[(
            "tokio::time::timeout(self.deadline, put).await",
            "{
                let mut put = put;
                std::future::poll_fn(|cx| std::task::Poll::Ready(put.as_mut().poll(cx).is_ready())).await;
                std::mem::forget(put);
                Ok(Ok(Put::Stored(crate::inbox::Receipt(1))))
            }",
        )],
        proof: ("durable", "acknowledgement::no_answer_comes_before_the_inbox_has_stored"),
    },
    Mutation {
        name: "acknowledged before the commit, which comes with the next transaction",
        file: "runtime/src/inbox/sqlite/tables.rs",
        sites: &[
            (r#"self.run("COMMIT", []).map(|_| ())"#, "Ok(())"),
            (
                r#"self.roll_back().and_then(|()| self.run("BEGIN IMMEDIATE", []))"#,
                r#"(if self.connection.is_autocommit() { Ok(()) } else { self.connection.execute_batch("COMMIT") })
                    .and_then(|()| self.run("BEGIN IMMEDIATE", []))"#,
            ),
        ],
        proof: ("durable", "acknowledgement::a_commit_that_fails_is_a_503_and_what_was_acknowledged_is_there"),
    },
    Mutation {
        name: "acknowledged in a file that is gone",
        file: "runtime/src/inbox/sqlite.rs",
        sites: &[(
            "self.change(Needs::TheFileInPlace, move |tables| tables.put(&delivery, None, now))",
            "self.change(Needs::NothingMore, move |tables| tables.put(&delivery, None, now))",
        )],
        proof: ("durable", "monitor::an_inbox_whose_file_is_deleted_is_503_and_not_ready"),
    },
    Mutation {
        name: "committed, and not on the disk",
        file: "runtime/src/inbox/sqlite/schema.rs",
        sites: &[(r#""PRAGMA synchronous = FULL; PRAGMA fullfsync = ON;""#, r#""PRAGMA synchronous = OFF;""#)],
        proof: ("durable", "synced::the_log_is_synced_between_the_event_and_its_answer"),
    },
    Mutation {
        name: "an answer is sent before anybody looks who signed",
        file: "runtime/src/http/receiver.rs",
        sites: &[("self.verifier.verify(&headers, &body)", "Ok::<(), crate::verify::VerifyError>(())")],
        proof: ("durable", "server::what_is_not_verified_is_401_and_nothing_of_it_is_stored"),
    },
    Mutation {
        name: "of several secrets only the first is tried",
        file: "runtime/src/verify/hmac_sha256.rs",
        sites: &[(
            "matched |= keyed.clone().chain_update(body).verify_slice(&signature).is_ok()",
            "return keyed.clone().chain_update(body).verify_slice(&signature).map_err(|_| VerifyError::Mismatch)",
        )],
        proof: ("durable", "server::secrets_are_rotated_under_load_without_a_refused_event"),
    },
    Mutation {
        name: "an id is stored as often as it comes",
        file: "runtime/src/inbox/sqlite/tables.rs",
        sites: &[(
            "delivery.id().as_str()",
            r#"Box::leak(format!("{}{:?}", delivery.id(), std::time::Instant::now()).into_boxed_str()) as &str"#,
        )],
        proof: ("durable", "worker::a_thousand_ids_five_times_at_once_are_a_thousand_completions"),
    },
    Mutation {
        name: "events of one resource overtake each other",
        file: "runtime/src/inbox/sqlite/tables.rs",
        sites: &[(
            "self.number(ahead, params![key, DONE])?.is_some()",
            "self.number(ahead, params![key, DONE])?.is_some_and(|_| false)",
        )],
        proof: ("durable", "worker::a_key_is_handled_in_order_whatever_fails"),
    },
    Mutation {
        name: "what a process had leased is lost with it",
        file: "runtime/src/inbox/sqlite/tables.rs",
        sites: &[("self.run(&sql, [WAITING, INTERRUPTED, now, LEASED])?", "0")],
        proof: ("inbox", "sqlite::what_was_leased_is_ready_after_a_restart_and_the_attempt_counts"),
    },
    Mutation {
        name: "what is pending is thrown away with what is old",
        file: "runtime/src/inbox/sqlite/desk.rs",
        sites: &[(
            "self.run(&sql, params![now.saturating_sub(millis(kept)), limit(most)])",
            r#"self.run("DELETE FROM event WHERE receipt IN (SELECT receipt FROM event WHERE stored_at < ?1 LIMIT ?2)", params![now.saturating_sub(millis(kept)), limit(most)])"#,
        )],
        proof: ("inbox", "contract::what_is_pending_is_never_thrown_away_however_old_it_is"),
    },
    Mutation {
        name: "a lease is not renewed",
        file: "runtime/src/worker/lease.rs",
        sites: &[("inbox.renew(ticket).await", "Ok::<(), InboxError>(())")],
        proof: ("durable", "lease::a_lease_is_renewed_until_its_handler_is_done"),
    },
    Mutation {
        name: "a dead letter is thrown away",
        file: "runtime/src/worker/attempt.rs",
        sites: &[(
            "Settlement::Dead(reason)
",
            "{ let _gone = reason; Settlement::Done }
",
        )],
        proof: ("durable", "worker::what_can_never_be_handled_is_dead_with_the_place_of_the_fault"),
    },
    Mutation {
        name: "what is not done in the drain is taken for done",
        file: "runtime/src/worker/attempt.rs",
        sites: &[(
            "self.judge(outcome, attempt)",
            "self.judge(outcome, attempt).map(|how| if matches!(how, Settlement::Released) { Settlement::Done } else { how })",
        )],
        proof: ("durable", "worker::what_is_not_done_in_the_drain_is_given_back"),
    },
    Mutation {
        name: "a handler may take for ever",
        file: "runtime/src/worker/attempt.rs",
        sites: &[("sleep.as_mut().poll(cx).is_ready()", "sleep.as_mut().poll(cx).is_ready() && false")],
        proof: ("durable", "worker::what_fails_is_tried_again_and_then_dead"),
    },
    Mutation {
        name: "what failed together is tried again together",
        file: "runtime/src/worker/retries.rs",
        sites: &[("0.25 * random()", "0.0 * random()")],
        proof: ("durable", "worker::what_failed_together_is_not_tried_again_together"),
    },
    Mutation {
        name: "the canary is never missed",
        file: "runtime/src/worker/pulse.rs",
        sites: &[("elapsed(since, self.now())", "Duration::ZERO.min(elapsed(since, self.now()))")],
        proof: ("durable", "canary::it_stays_silent_when_nobody_works"),
    },
    Mutation {
        name: "a canary comes out where its end is not written down",
        file: "runtime/src/worker/attempt.rs",
        sites: &[(
            "self.settle(ticket, Settlement::Done, &mut told).await && matches!(outcome, Outcome::Done)",
            "matches!(outcome, Outcome::Done)",
        )],
        proof: ("durable", "canary::it_stays_silent_while_nothing_can_be_written_down"),
    },
    Mutation {
        name: "what is kept though no handler can read it is refused",
        file: "runtime/src/http/answer.rs",
        sites: &[(
            r#"(StatusCode::ACCEPTED, "kept, not handled\n")"#,
            r#"(StatusCode::UNPROCESSABLE_ENTITY, "kept, not handled\n")"#,
        )],
        proof: ("durable", "server::stored_duplicate_and_quarantined_are_2xx"),
    },
    Mutation {
        name: "what cannot be stored does not say when to come back",
        file: "runtime/src/http/answer.rs",
        sites: &[(r#"headers.insert(RETRY_AFTER, HeaderValue::from_static("60"))"#, "None")],
        proof: ("durable", "acknowledgement::a_commit_that_fails_is_a_503_and_what_was_acknowledged_is_there"),
    },
    Mutation {
        name: "what there is no room for does not say when to come back",
        file: "runtime/src/http/answer.rs",
        sites: &[(r#"headers.insert(RETRY_AFTER, HeaderValue::from_static("10"))"#, "None")],
        proof: (
            "durable",
            "server::what_comes_in_on_an_open_connection_during_a_drain_is_503_and_says_when_to_come_back",
        ),
    },
    Mutation {
        name: "a chunked body may be of any size",
        file: "runtime/src/http/body.rs",
        sites: &[
            ("more > limit - collected.len()", "more > usize::MAX - collected.len()"),
            ("announced.map_or(limit, |announced| announced.min(limit))", "1 << 30"),
        ],
        proof: ("durable", "server::bodies_above_the_cap_are_413_and_counted"),
    },
    Mutation {
        name: "a body that was answered still counts",
        file: "runtime/src/http/budget.rs",
        sites: &[("coming + self.bytes", "0 * (coming + self.bytes)")],
        proof: ("durable", "server::bodies_beyond_the_budget_are_503_until_there_is_room"),
    },
    Mutation {
        name: "half a head is waited for",
        file: "runtime/src/server/connection.rs",
        sites: &[("idle.as_mut().poll(cx).is_ready()", "false")],
        proof: ("durable", "connections::a_connection_without_a_whole_head_is_closed"),
    },
    Mutation {
        name: "a body may take for ever",
        file: "runtime/src/http/body.rs",
        sites: &[(
            "tokio::time::timeout(limits.deadline, collected).await",
            "Ok::<_, tokio::time::error::Elapsed>(collected.await)",
        )],
        proof: ("durable", "connections::slow_heads_and_slow_bodies_are_closed_while_others_are_served"),
    },
    Mutation {
        name: "an event that the document does not list is refused",
        file: "runtime/src/inline.rs",
        sites: &[("matches!(refusal, Refusal::Unhandled) && self.dead_letters.is_none()", "false")],
        proof: ("http", "inline::what_is_not_listed_and_not_handled_is_kept_where_it_can_be_and_never_refused"),
    },
    Mutation {
        name: "what was not stored in time is acknowledged",
        file: "runtime/src/durable.rs",
        sites: &[(
            "put.unwrap_or_else(|elapsed| Err(InboxError::Unavailable(elapsed.into())))",
            "put.unwrap_or_else(|_elapsed| Ok(Put::Stored(crate::inbox::Receipt(1))))",
        )],
        proof: ("durable", "acknowledgement::what_cannot_be_stored_in_time_is_to_be_sent_again"),
    },
    Mutation {
        name: "an event is tried for ever",
        file: "runtime/src/worker/retries.rs",
        sites: &[("attempt >= self.attempts", "attempt == u32::MAX")],
        proof: ("durable", "worker::no_delays_are_too_long_or_too_short_to_be_waited_for"),
    },
    Mutation {
        name: "what panicked is taken for done",
        file: "runtime/src/worker/attempt.rs",
        sites: &[("Outcome::Panicked(text_of(error.into_panic().as_ref()))", "{ drop(error); Outcome::Done }")],
        proof: ("durable", "worker::every_tenth_panics_and_all_are_done"),
    },
    Mutation {
        name: "what comes in during a drain does not say so",
        file: "runtime/src/server/connection.rs",
        sites: &[("*self.stopped.borrow()", "*self.stopped.borrow() && false")],
        proof: (
            "durable",
            "server::what_comes_in_on_an_open_connection_during_a_drain_is_503_and_says_when_to_come_back",
        ),
    },
    Mutation {
        name: "each event has a commit of its own",
        file: "runtime/src/inbox/sqlite/writer.rs",
        sites: &[("jobs.blocking_recv_many(&mut batch, AT_MOST)", "jobs.blocking_recv_many(&mut batch, 1)")],
        proof: ("inbox", "sqlite::those_that_wait_share_a_commit"),
    },
    Mutation {
        name: "an inbox is never said to be behind",
        file: "runtime/src/server/metrics.rs",
        sites: &[("stats.oldest_pending.unwrap_or_default()", "Duration::ZERO")],
        proof: ("durable", "monitor::what_is_silent_or_behind_shows_for_how_long"),
    },
];
