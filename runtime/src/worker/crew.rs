//! The loop: lease, begin, wait.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{Ended, Worker};
use crate::inbox::{Batch, InboxError};
use crate::loggable::Loggable;
use crate::{BoxFuture, Dispatch};

/// How long the loop waits at most before it looks again, for what another process has put.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The attempts that run.
pub(super) struct Crew<D> {
    pub(super) worker: Arc<Worker<D>>,
    pub(super) tasks: JoinSet<()>,
    pub(super) told: watch::Receiver<bool>,
}

impl<D: Dispatch + 'static> Crew<D> {
    pub(super) async fn work(&mut self, mut stop: Pin<&mut (impl Future<Output = ()> + Send)>) -> Ended {
        let worker = Arc::clone(&self.worker);
        loop {
            let room = worker.settings.concurrency.saturating_sub(self.tasks.len());
            let mut wait = LOOK_AGAIN;
            if room > 0 {
                match worker.inbox.lease(room).await {
                    Ok(batch) => wait = self.begin(batch).min(wait),
                    Err(InboxError::Superseded) => {
                        tracing::error!("another process works on the inbox now; this worker ends");
                        return Ended::Superseded;
                    }
                    Err(error) => {
                        tracing::error!(reason = %Loggable(&error), "nothing leased");
                        worker.clock.sleep(LOOK_AGAIN).await;
                    }
                }
            }
            worker.pulse.beat();
            let has_room = self.tasks.len() < worker.settings.concurrency;
            let ready = has_room.then(|| worker.inbox.ready());
            if self.wait(stop.as_mut(), ready, worker.clock.sleep(wait)).await {
                return Ended::Drained;
            }
        }
    }

    /// Begins an attempt at each. Returns how long until there are more, if that is known.
    fn begin(&mut self, batch: Batch) -> Duration {
        for leased in batch.leased {
            let (worker, told) = (Arc::clone(&self.worker), self.told.clone());
            self.tasks.spawn(worker.attend(leased, told));
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

    /// Whether all attempts have ended within this time.
    pub(super) async fn finish(&mut self, within: Duration) -> bool {
        let clock = Arc::clone(&self.worker.clock);
        let mut sleep = clock.sleep(within);
        poll_fn(|cx| {
            loop {
                match self.tasks.poll_join_next(cx) {
                    Poll::Ready(Some(_)) => {}
                    Poll::Ready(None) => return Poll::Ready(true),
                    Poll::Pending => return sleep.as_mut().poll(cx).map(|()| false),
                }
            }
        })
        .await
    }
}
