//! The loop of a worker: lease events, start attempts, wait.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use asyncapi_runtime::{BoxFuture, Dispatch};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{ShutdownOutcome, Worker};
use crate::inbox::{Batch, InboxError, Settlement};
use crate::log_escape::Escaped;

/// The longest wait between two leases, since another process may have put events.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// The running attempts.
pub(super) struct Pool<D> {
    pub(super) worker: Arc<Worker<D>>,
    pub(super) tasks: JoinSet<()>,
    /// Leases that were pending when the worker stopped. Their events are released.
    returns: JoinSet<()>,
    given_up: watch::Receiver<bool>,
}

type LeaseFuture = BoxFuture<'static, Result<Batch, InboxError>>;

impl<D: Dispatch + 'static> Pool<D> {
    pub(super) fn new(worker: Arc<Worker<D>>, given_up: watch::Receiver<bool>) -> Self {
        Self { worker, tasks: JoinSet::new(), returns: JoinSet::new(), given_up }
    }

    /// Runs attempts until `stop` completes or another process takes over.
    pub(super) async fn run(&mut self, mut stop: Pin<&mut (impl Future<Output = ()> + Send)>) -> ShutdownOutcome {
        let worker = Arc::clone(&self.worker);
        loop {
            let free = worker.settings.concurrency.saturating_sub(self.tasks.len());
            let now = worker.clock.now().as_millisecond();
            let allowance = worker.throttle.allowance(worker.settings.limits, free, self.tasks.len(), now);
            let (mut wait, mut has_failed) = (POLL_INTERVAL.min(allowance.wait), false);
            // Also if nothing may start: another process may have taken over.
            match self.lease(allowance.attempts, stop.as_mut()).await {
                None => return ShutdownOutcome::Drained,
                Some(Ok(batch)) => {
                    worker.throttle.record_started(batch.leased.len());
                    let next = self.start_attempts(batch);
                    wait = if allowance.attempts > 0 { next.min(wait) } else { wait };
                }
                Some(Err(InboxError::Superseded)) => {
                    tracing::error!("another process works on the inbox now; this worker ends");
                    return ShutdownOutcome::Superseded;
                }
                Some(Err(error)) => {
                    tracing::error!(reason = %Escaped(&error), "nothing leased");
                    has_failed = true;
                }
            }
            worker.health.beat();
            // After a failed lease, new events are no reason to lease again at once.
            let has_free = allowance.attempts > 0 && self.tasks.len() < worker.settings.concurrency && !has_failed;
            let ready = has_free.then(|| worker.inbox.ready());
            if self.wait_for_work(stop.as_mut(), ready, worker.clock.sleep(wait)).await {
                return ShutdownOutcome::Drained;
            }
        }
    }

    /// Leases events; `None` if `stop` completes first, since a blocked inbox must not delay the stop. Events that are
    /// leased later are released.
    async fn lease(
        &mut self,
        limit: usize,
        mut stop: Pin<&mut (impl Future<Output = ()> + Send)>,
    ) -> Option<Result<Batch, InboxError>> {
        let worker = Arc::clone(&self.worker);
        let mut leasing: LeaseFuture = Box::pin(async move { worker.inbox.lease(limit).await });
        let leased = poll_fn(|cx| {
            // Polled first, so that leased events are not dropped.
            if let Poll::Ready(leased) = leasing.as_mut().poll(cx) {
                return Poll::Ready(Some(leased));
            }
            stop.as_mut().poll(cx).map(|()| None)
        });
        let leased = leased.await;
        if leased.is_none() {
            let (worker, mut given_up) = (Arc::clone(&self.worker), self.given_up.clone());
            self.returns.spawn(async move {
                for leased in leasing.await.unwrap_or_default().leased {
                    worker.settle(leased.token, Settlement::Released, &mut given_up).await;
                }
            });
        }
        leased
    }

    /// Starts an attempt at each event. Returns the time until a waiting event is ready.
    fn start_attempts(&mut self, batch: Batch) -> Duration {
        for leased in batch.leased {
            let (worker, given_up) = (Arc::clone(&self.worker), self.given_up.clone());
            self.tasks.spawn(worker.process(leased, given_up));
        }
        batch.next.unwrap_or(Duration::MAX)
    }

    /// Waits until there may be something to do. `true` if `stop` has completed.
    async fn wait_for_work(
        &mut self,
        mut stop: Pin<&mut (impl Future<Output = ()> + Send)>,
        mut ready: Option<BoxFuture<'_, ()>>,
        mut sleep: BoxFuture<'_, ()>,
    ) -> bool {
        poll_fn(|cx| {
            if stop.as_mut().poll(cx).is_ready() {
                return Poll::Ready(true);
            }
            let mut woken = sleep.as_mut().poll(cx).is_ready();
            woken |= ready.as_mut().is_some_and(|ready| ready.as_mut().poll(cx).is_ready());
            while let Poll::Ready(Some(ended)) = self.tasks.poll_join_next(cx) {
                woken = true;
                if ended.is_err_and(|error| error.is_panic()) {
                    tracing::error!("the worker itself panicked; the next process repeats the event");
                }
            }
            if woken { Poll::Ready(false) } else { Poll::Pending }
        })
        .await
    }

    /// Waits for all attempts and releases to end. `false` if the time is over.
    pub(super) async fn finish(&mut self, within: Duration) -> bool {
        let clock = Arc::clone(&self.worker.clock);
        let mut sleep = clock.sleep(within);
        poll_fn(|cx| {
            let mut all = true;
            for tasks in [&mut self.tasks, &mut self.returns] {
                while let Poll::Ready(Some(_)) = tasks.poll_join_next(cx) {}
                all &= tasks.is_empty();
            }
            if all { Poll::Ready(true) } else { sleep.as_mut().poll(cx).map(|()| false) }
        })
        .await
    }
}
