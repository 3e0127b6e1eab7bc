//! How far a long transfer is, told now and then on standard error.

use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

/// What is soon over needs no telling.
const EVERY: Duration = Duration::from_secs(2);

/// Lines that pass through, counted.
pub(super) struct Counted<T> {
    inner: T,
    doing: &'static str,
    lines: u64,
    told: Instant,
}

impl<T> Counted<T> {
    pub(super) fn new(inner: T, doing: &'static str) -> Self {
        Self { inner, doing, lines: 0, told: Instant::now() }
    }

    fn count(&mut self, bytes: &[u8]) {
        self.lines += bytes.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        if self.told.elapsed() >= EVERY {
            self.told = Instant::now();
            eprintln!("{} {} so far", self.lines, self.doing);
        }
    }
}

impl<T: Write> Write for Counted<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.count(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<T: Read> Read for Counted<T> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(bytes)?;
        self.count(&bytes[..read]);
        Ok(read)
    }
}
