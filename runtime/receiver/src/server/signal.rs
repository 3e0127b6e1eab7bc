//! Waits for SIGTERM or SIGINT.

/// Completes when the process receives SIGTERM or SIGINT (Ctrl-C).
///
/// From the call on, even before the future is awaited, these signals do not end the process by themselves.
///
/// # Panics
///
/// Panics outside of a tokio runtime with I/O enabled.
pub fn terminated() -> impl Future<Output = ()> + Send + use<> {
    #[cfg(unix)]
    let signals = {
        use tokio::signal::unix::{SignalKind, signal};

        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    };
    async move {
        #[cfg(unix)]
        if let (Ok(mut terminate), Ok(mut interrupt)) = signals {
            use std::pin::pin;

            futures_util::future::select(pin!(terminate.recv()), pin!(interrupt.recv())).await;
            return;
        }
        // Without signal handling, the process cannot be asked to end.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
