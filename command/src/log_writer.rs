//! Writes the log to standard error without ever blocking the receiver.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// How many lines wait for standard error. More are dropped and counted.
const WAITING_LINES: usize = 1_000;

/// How long the end of the program waits for the last lines.
const FLUSH_TIMEOUT: Duration = Duration::from_millis(500);

/// Hands lines to a thread that writes them. A reader of standard error that stalls stops only that thread.
#[derive(Clone)]
pub(crate) struct LogWriter {
    lines: SyncSender<Message>,
    dropped: Arc<AtomicU64>,
}

enum Message {
    Line(Vec<u8>),
    Flush(SyncSender<()>),
}

/// Collects one line, and hands it over on drop.
pub(crate) struct Line<'a> {
    writer: &'a LogWriter,
    text: Vec<u8>,
}

impl LogWriter {
    /// Starts the thread, which writes to `output`.
    pub(crate) fn start(output: impl Write + Send + 'static) -> io::Result<Self> {
        let (lines, waiting) = sync_channel(WAITING_LINES);
        let dropped = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&dropped);
        thread::Builder::new().name("log".to_owned()).spawn(move || write_all(&waiting, output, &counter))?;
        Ok(Self { lines, dropped })
    }

    /// Waits a moment for the lines that are not written yet.
    pub(crate) fn flush(&self) {
        let (done, is_done) = sync_channel(1);
        if self.lines.try_send(Message::Flush(done)).is_ok() {
            let _stalled = is_done.recv_timeout(FLUSH_TIMEOUT);
        }
    }
}

fn write_all(waiting: &Receiver<Message>, mut output: impl Write, dropped: &AtomicU64) {
    for message in waiting {
        // An error is ignored, because there is no other place to report it.
        match message {
            Message::Line(line) => {
                let _ignored = output.write_all(&line);
            }
            Message::Flush(done) => {
                let _ignored = output.flush();
                let _gone = done.try_send(());
            }
        }
        let lines = dropped.swap(0, Ordering::Relaxed);
        if lines > 0 {
            let _ignored = writeln!(output, "{lines} lines of the log were dropped: standard error was not read");
        }
    }
}

impl<'a> MakeWriter<'a> for LogWriter {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line { writer: self, text: Vec::new() }
    }
}

impl Write for Line<'_> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        let line = std::mem::take(&mut self.text);
        if !line.is_empty() && self.writer.lines.try_send(Message::Line(line)).is_err() {
            self.writer.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}
