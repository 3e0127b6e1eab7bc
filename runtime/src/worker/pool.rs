//! The loop: lease, begin, wait.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{ShutdownOutcome, Worker};
use crate::inbox::{Batch, InboxError, Settlement};
use crate::log_escape::Escaped;
use crate::{BoxFuture, Dispatch};

/// How long the loop waits at most before it looks again, for what another process has put.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The attempts that run.
pub(super) struct Pool<D> {
    pub(super) worker: Arc<Worker<D>>,
    pub(super) tasks: JoinSet<()>,
    /// What was asked for when it was told to stop, to be given back as it comes.
    returns: JoinSet<()>,
    told: watch::Receiver<bool>,
}

type LeaseFuture = BoxFuture<'static, Result<Batch, InboxError>>;

impl<D: Dispatch + 'static> Pool<D> {
    pub(super) fn new(worker: Arc<Worker<D>>, told: watch::Receiver<bool>) -> Self {
        Self { worker, tasks: JoinSet::new(), returns: JoinSet::new(), told }
    }

    pub(super) async fn run(&mut self, mut stop: Pin<&mut (impl Future<Output = ()> + Send)>) -> ShutdownOutcome {
        let worker = Arc::clone(&self.worker);
        loop {
            let room = worker.settings.concurrency.saturating_sub(self.tasks.len());
            let (mut wait, mut is_refused) = (LOOK_AGAIN, false);
            if room > 0 {
                match self.lease(room, stop.as_mut()).await {
                    None => return ShutdownOutcome::Drained,
                    Some(Ok(batch)) => wait = self.begin(batch).min(wait),
                    Some(Err(InboxError::Superseded)) => {
                        tracing::error!("another process works on the inbox now; this worker ends");
                        return ShutdownOutcome::Superseded;
                    }
                    Some(Err(error)) => {
                        tracing::error!(reason = %Escaped(&error), "nothing leased");
                        is_refused = true;
                    }
                }
            }
            worker.health.beat();
            // An inbox that refuses is not asked again because there is something in it.
            let has_room = self.tasks.len() < worker.settings.concurrency && !is_refused;
            let ready = has_room.then(|| worker.inbox.ready());
            if self.wait(stop.as_mut(), ready, worker.clock.sleep(wait)).await {
                return ShutdownOutcome::Drained;
            }
        }
    }

    /// Leases, or gives that up when it is to stop: an inbox that hangs must not keep it. What comes of it later goes back.
    async fn lease(
        &mut self,
        most: usize,
        mut stop: Pin<&mut (impl Future<Output = ()> + Send)>,
    ) -> Option<Result<Batch, InboxError>> {
        let worker = Arc::clone(&self.worker);
        let mut leasing: LeaseFuture = Box::pin(async move { worker.inbox.lease(most).await });
        let leased = poll_fn(|cx| {
            // First: what has come need not go back.
            if let Poll::Ready(leased) = leasing.as_mut().poll(cx) {
                return Poll::Ready(Some(leased));
            }
            stop.as_mut().poll(cx).map(|()| None)
        });
        let leased = leased.await;
        if leased.is_none() {
            let (worker, mut told) = (Arc::clone(&self.worker), self.told.clone());
            self.returns.spawn(async move {
                for leased in leasing.await.unwrap_or_default().leased {
                    worker.settle(leased.ticket, Settlement::Released, &mut told).await;
                }
            });
        }
        leased
    }

    /// Begins an attempt at each. Returns how long until there are more, if that is known.
    fn begin(&mut self, batch: Batch) -> Duration {
        for leased in batch.leased {
            let (worker, told) = (Arc::clone(&self.worker), self.told.clone());
            self.tasks.spawn(worker.process(leased, told));
        }
        batch.next.unwrap_or(Duration::MAX)
    }

    /// Until there may be something to do. `true` if that is to stop.
    async fn wait(
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
                    tracing::error!("the worker itself panicked; the event is tried again by the next process");
                }
            }
            if woken { Poll::Ready(false) } else { Poll::Pending }
        })
        .await
    }

    /// Whether all attempts have ended within this time, and nothing is left to give back.
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
