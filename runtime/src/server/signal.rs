/// Done when the process is asked to end: by SIGTERM, or by SIGINT (Ctrl-C).
///
/// From the call on, not only once it is awaited, those signals no longer end the process by themselves.
///
/// # Panics
///
/// Outside of a tokio runtime with I/O on.
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
        // What it fails with is that it cannot listen: then nobody can ask.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
