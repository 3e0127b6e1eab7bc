//! Counts the lines that are read or written, and reports the count as progress.

use std::io::{self, Read, Write};

use crate::progress::Progress;

/// Wraps a reader or a writer.
pub(super) struct ProgressWriter<T> {
    inner: T,
    progress: Progress,
    lines: u64,
}

impl<T> ProgressWriter<T> {
    pub(super) fn new(inner: T, progress: Progress) -> Self {
        Self { inner, progress, lines: 0 }
    }

    fn count_lines(&mut self, bytes: &[u8]) {
        self.lines += bytes.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        self.progress.report(self.lines);
    }
}

impl<T: Write> Write for ProgressWriter<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.count_lines(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<T: Read> Read for ProgressWriter<T> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(bytes)?;
        self.count_lines(&bytes[..read]);
        Ok(read)
    }
}
