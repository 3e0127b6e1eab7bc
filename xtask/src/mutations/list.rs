//! The mutations: each breaks a promise of the receiver, and names the test that must fail.

/// A change of the code, and the test that must fail with it.
pub(crate) struct Mutation {
    pub(crate) name: &'static str,
    pub(crate) file: &'static str,
    /// Expressions that occur once in the file, each with its replacement.
    pub(crate) sites: &'static [(&'static str, &'static str)],
    /// The test target and the path of the test.
    pub(crate) test: (&'static str, &'static str),
}

/// The test targets of the receiver that contain the tests.
pub(crate) const TEST_TARGETS: [&str; 3] = ["durable", "http", "inbox"];

pub(crate) const MUTATIONS: &[Mutation] = &[
    Mutation {
        name: "an event is acknowledged before the inbox has stored it",
        file: "runtime/receiver/src/durable.rs",
        sites: &[(
            "tokio::time::timeout(self.deadline, put).await",
            "{
                let mut put = put;
                std::future::poll_fn(|cx| std::task::Poll::Ready(put.as_mut().poll(cx).is_ready())).await;
                std::mem::forget(put);
                Ok(Ok(PutOutcome::Stored(crate::inbox::EntryId(1))))
            }",
        )],
        test: ("durable", "acknowledgement::no_answer_comes_before_the_inbox_has_stored"),
    },
    Mutation {
        name: "an event is acknowledged before its transaction is committed",
        file: "runtime/receiver/src/inbox/sqlite/queries.rs",
        sites: &[
            (r#"self.run("COMMIT", []).map(|_| ())"#, "Ok(())"),
            (
                r"self.roll_back().and_then(|()| self.begin())",
                r#"(if self.connection.is_autocommit() { Ok(()) } else { self.connection.execute_batch("COMMIT") })
                    .and_then(|()| self.begin())"#,
            ),
        ],
        test: ("durable", "acknowledgement::a_failed_commit_is_503_and_keeps_acknowledged_events"),
    },
    Mutation {
        name: "an event is acknowledged in a deleted file",
        file: "runtime/receiver/src/inbox/sqlite.rs",
        sites: &[(
            "self.write_and_notify(CommitRequirement::FileInPlace, move |store| store.put(&delivery, None, now))",
            "self.write_and_notify(CommitRequirement::None, move |store| store.put(&delivery, None, now))",
        )],
        test: ("durable", "monitor::an_inbox_whose_file_is_deleted_is_503_and_not_ready"),
    },
    Mutation {
        name: "a commit is not synced to the disk",
        file: "runtime/receiver/src/inbox/sqlite/schema.rs",
        sites: &[(r#""PRAGMA synchronous = FULL; PRAGMA fullfsync = ON;""#, r#""PRAGMA synchronous = OFF;""#)],
        test: ("durable", "synced::the_log_is_synced_between_the_event_and_its_answer"),
    },
    Mutation {
        name: "signatures are not verified",
        file: "runtime/receiver/src/http/receiver.rs",
        sites: &[("self.verifier.verify(&headers, &body)", "Ok::<(), crate::verify::VerifyError>(())")],
        test: ("durable", "server::unverified_requests_are_401_and_not_stored"),
    },
    Mutation {
        name: "only the first of several secrets is tried",
        file: "runtime/receiver/src/verify/hmac_sha256.rs",
        sites: &[(
            "matched |= keyed.clone().chain_update(body).verify_slice(&signature).is_ok()",
            "return keyed.clone().chain_update(body).verify_slice(&signature).map_err(|_| VerifyError::Mismatch)",
        )],
        test: ("durable", "server::secrets_are_rotated_under_load_without_a_refused_event"),
    },
    Mutation {
        name: "an event is stored again each time it is delivered",
        file: "runtime/receiver/src/inbox/sqlite/queries.rs",
        sites: &[(
            "delivery.id().as_str()",
            r#"Box::leak(format!("{}{:?}", delivery.id(), std::time::Instant::now()).into_boxed_str()) as &str"#,
        )],
        test: ("durable", "worker::a_thousand_ids_five_times_at_once_are_a_thousand_completions"),
    },
    Mutation {
        name: "events of one resource are handled out of order",
        file: "runtime/receiver/src/inbox/sqlite/queries.rs",
        sites: &[(
            "self.number(ahead, params![key, DONE])?.is_some()",
            "self.number(ahead, params![key, DONE])?.is_some_and(|_| false)",
        )],
        test: ("durable", "worker::events_of_a_key_are_handled_in_order_despite_failures"),
    },
    Mutation {
        name: "leased events are lost when the process ends",
        file: "runtime/receiver/src/inbox/sqlite/queries.rs",
        sites: &[("self.interrupt_leased(now)?", "()")],
        test: ("inbox", "sqlite::leased_events_are_ready_after_a_restart_and_count_the_attempt"),
    },
    Mutation {
        name: "pending events are purged with old ones",
        file: "runtime/receiver/src/inbox/sqlite/admin.rs",
        sites: &[(
            "self.run(&sql, params![now.saturating_sub(millis(kept)), limit(most)])",
            r#"self.run("DELETE FROM event WHERE receipt IN (SELECT receipt FROM event WHERE stored_at < ?1 LIMIT ?2)", params![now.saturating_sub(millis(kept)), limit(most)])"#,
        )],
        test: ("inbox", "contract::pending_events_are_never_removed"),
    },
    Mutation {
        name: "a lease is not renewed",
        file: "runtime/receiver/src/worker/lease_renewal.rs",
        sites: &[("inbox.renew(token).await", "Ok::<(), InboxError>(())")],
        test: ("durable", "lease::a_lease_is_renewed_until_its_handler_is_done"),
    },
    Mutation {
        name: "a dead letter is discarded",
        file: "runtime/receiver/src/worker/attempt.rs",
        sites: &[(
            "Settlement::Dead(reason)
",
            "{ let _gone = reason; Settlement::Done }
",
        )],
        test: ("durable", "worker::undecodable_events_become_dead_letters_with_a_pointer"),
    },
    Mutation {
        name: "an event that is not handled during the drain counts as handled",
        file: "runtime/receiver/src/worker/attempt.rs",
        sites: &[(
            "self.classify(outcome, attempt)",
            "self.classify(outcome, attempt).map(|it| if matches!(it, Settlement::Released) { Settlement::Done } else { it })",
        )],
        test: ("durable", "worker::unfinished_events_are_released_at_the_end_of_a_drain"),
    },
    Mutation {
        name: "a handler has no deadline",
        file: "runtime/receiver/src/worker/attempt.rs",
        sites: &[("sleep.as_mut().poll(cx).is_ready()", "sleep.as_mut().poll(cx).is_ready() && false")],
        test: ("durable", "worker::failed_events_are_retried_and_become_dead_letters"),
    },
    Mutation {
        name: "retries have no jitter",
        file: "runtime/receiver/src/retry_policy.rs",
        sites: &[("self.jitter * random()", "0.0 * random()")],
        test: ("durable", "worker::events_that_failed_together_are_retried_at_different_times"),
    },
    Mutation {
        name: "a missing canary is not reported",
        file: "runtime/receiver/src/worker/health.rs",
        sites: &[("elapsed(since, self.now())", "Duration::ZERO.min(elapsed(since, self.now()))")],
        test: ("durable", "canary::a_canary_is_not_reported_alive_without_a_worker"),
    },
    Mutation {
        name: "a canary counts as received although its completion is not stored",
        file: "runtime/receiver/src/worker/attempt.rs",
        sites: &[(
            "self.settle(token, Settlement::Done, &mut given_up).await && matches!(outcome, Outcome::Done)",
            "matches!(outcome, Outcome::Done)",
        )],
        test: ("durable", "canary::a_canary_is_not_reported_alive_while_the_inbox_cannot_write"),
    },
    Mutation {
        name: "an event that no handler can read is refused instead of kept",
        file: "runtime/receiver/src/http/outcome.rs",
        sites: &[(
            r#"(StatusCode::ACCEPTED, "kept, not handled\n")"#,
            r#"(StatusCode::UNPROCESSABLE_ENTITY, "kept, not handled\n")"#,
        )],
        test: ("durable", "server::stored_duplicate_and_quarantined_are_2xx"),
    },
    Mutation {
        name: "a failed store has no Retry-After",
        file: "runtime/receiver/src/http/outcome.rs",
        sites: &[(r#"headers.insert(RETRY_AFTER, HeaderValue::from_static("60"))"#, "None")],
        test: ("durable", "acknowledgement::a_failed_commit_is_503_and_keeps_acknowledged_events"),
    },
    Mutation {
        name: "a full budget has no Retry-After",
        file: "runtime/receiver/src/http/outcome.rs",
        sites: &[(r#"headers.insert(RETRY_AFTER, HeaderValue::from_static("10"))"#, "None")],
        test: ("durable", "server::requests_during_a_drain_are_503_with_retry_after"),
    },
    Mutation {
        name: "a chunked body has no size limit",
        file: "runtime/receiver/src/http/body.rs",
        sites: &[
            ("more > limit - collected.len()", "more > usize::MAX - collected.len()"),
            ("announced.map_or(limit, |announced| announced.min(limit))", "1 << 30"),
        ],
        test: ("durable", "server::bodies_above_the_cap_are_413_and_counted"),
    },
    Mutation {
        name: "the budget does not count bodies",
        file: "runtime/receiver/src/http/memory_budget.rs",
        sites: &[("coming + self.bytes", "0 * (coming + self.bytes)")],
        test: ("durable", "server::bodies_beyond_the_budget_are_503_until_there_is_room"),
    },
    Mutation {
        name: "an incomplete head has no deadline",
        file: "runtime/receiver/src/server/connection.rs",
        sites: &[("idle.as_mut().poll(cx).is_ready()", "false")],
        test: ("durable", "connections::a_connection_without_a_whole_head_is_closed"),
    },
    Mutation {
        name: "a body has no deadline",
        file: "runtime/receiver/src/http/body.rs",
        sites: &[(
            "tokio::time::timeout(limits.deadline, collected).await",
            "Ok::<_, tokio::time::error::Elapsed>(collected.await)",
        )],
        test: ("durable", "connections::slow_heads_and_slow_bodies_are_closed_while_others_are_served"),
    },
    Mutation {
        name: "an event that is not in the document is refused",
        file: "runtime/receiver/src/inline.rs",
        sites: &[("matches!(refusal, Refusal::Unhandled) && self.dead_letters.is_none()", "false")],
        test: ("http", "inline::unknown_unhandled_events_are_kept_and_never_refused"),
    },
    Mutation {
        name: "an event is acknowledged although the inbox timed out",
        file: "runtime/receiver/src/durable.rs",
        sites: &[(
            "put.unwrap_or_else(|elapsed| Err(InboxError::Unavailable(elapsed.into())))",
            "put.unwrap_or_else(|_elapsed| Ok(PutOutcome::Stored(crate::inbox::EntryId(1))))",
        )],
        test: ("durable", "acknowledgement::events_that_are_not_stored_in_time_are_503"),
    },
    Mutation {
        name: "retries have no limit",
        file: "runtime/receiver/src/retry_policy.rs",
        sites: &[("attempt >= self.attempts", "attempt == u32::MAX")],
        test: ("durable", "worker::every_retry_delay_can_be_waited_for"),
    },
    Mutation {
        name: "a panic counts as success",
        file: "runtime/receiver/src/worker/attempt.rs",
        sites: &[("Outcome::Panicked(panic_message(error.into_panic().as_ref()))", "{ drop(error); Outcome::Done }")],
        test: ("durable", "worker::every_tenth_panics_and_all_are_done"),
    },
    Mutation {
        name: "a request during the drain is accepted",
        file: "runtime/receiver/src/server/connection.rs",
        sites: &[("*self.stopped.borrow()", "*self.stopped.borrow() && false")],
        test: ("durable", "server::requests_during_a_drain_are_503_with_retry_after"),
    },
    Mutation {
        name: "each event has its own commit",
        file: "runtime/receiver/src/inbox/sqlite/writer.rs",
        sites: &[("jobs.blocking_recv_many(&mut batch, AT_MOST)", "jobs.blocking_recv_many(&mut batch, 1)")],
        test: ("inbox", "sqlite::waiting_puts_share_a_commit"),
    },
    Mutation {
        name: "the age of the oldest event is not reported",
        file: "runtime/receiver/src/server/metrics.rs",
        sites: &[("stats.oldest_pending.unwrap_or_default()", "Duration::ZERO")],
        test: ("durable", "monitor::silence_and_backlog_have_durations_in_the_metrics"),
    },
];
