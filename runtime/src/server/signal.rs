/// Done when the process is asked to end: by SIGTERM, or by SIGINT (Ctrl-C).
///
/// Needs a tokio runtime with I/O on. From the first call on, those signals no longer end the process by
/// themselves.
pub async fn terminated() {
    #[cfg(unix)]
    {
        use std::pin::pin;
        use tokio::signal::unix::{SignalKind, signal};

        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            let interrupt = pin!(tokio::signal::ctrl_c());
            futures_util::future::select(pin!(terminate.recv()), interrupt).await;
            return;
        }
    }
    // What it fails with is that it cannot listen: then nobody can ask.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
