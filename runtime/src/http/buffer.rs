use std::io;

use bytes::{BufMut, Bytes, BytesMut};
use memmap2::{MmapMut, MmapOptions};

/// Up to here a body is in memory of the allocator.
const SMALL: usize = 64 * 1024;

/// A body as it comes in, of which nobody knows how large it will be.
///
/// What is large is in pages of its own, which are the system's again as soon as the body is dropped. An allocator keeps
/// much of what was freed, for each of its threads apart, and holds two copies while it makes room for more. Pages that
/// nothing was written to cost nothing, so there is room for the largest body at once.
pub(super) struct Buffer {
    largest: usize,
    filled: usize,
    place: Storage,
}

enum Storage {
    Allocated(BytesMut),
    Mapped(MmapMut),
}

/// What is written in some pages.
struct FrozenBody {
    pages: MmapMut,
    bytes: usize,
}

impl AsRef<[u8]> for FrozenBody {
    fn as_ref(&self) -> &[u8] {
        &self.pages[..self.bytes]
    }
}

impl Buffer {
    /// For a body of so many bytes at most.
    pub(super) fn new(largest: usize) -> Self {
        Self { largest, filled: 0, place: Storage::Allocated(BytesMut::new()) }
    }

    pub(super) fn len(&self) -> usize {
        self.filled
    }

    /// Adds some more.
    ///
    /// # Errors
    ///
    /// It would be more than the most, or the system has no pages to give.
    pub(super) fn push(&mut self, more: &[u8]) -> io::Result<()> {
        let end = self.filled.checked_add(more.len()).filter(|end| *end <= self.largest);
        let end = end.ok_or(io::ErrorKind::FileTooLarge)?;
        if let Storage::Allocated(bytes) = &mut self.place {
            if end <= SMALL {
                bytes.put_slice(more);
            } else {
                let mut pages = map(self.largest)?;
                pages[..self.filled].copy_from_slice(bytes);
                self.place = Storage::Mapped(pages);
            }
        }
        if let Storage::Mapped(pages) = &mut self.place {
            pages[self.filled..end].copy_from_slice(more);
        }
        self.filled = end;
        Ok(())
    }

    /// The whole body, which is not copied.
    pub(super) fn freeze(self) -> Bytes {
        match self.place {
            Storage::Allocated(bytes) => bytes.freeze(),
            Storage::Mapped(pages) => Bytes::from_owner(FrozenBody { pages, bytes: self.filled }),
        }
    }
}

fn map(bytes: usize) -> io::Result<MmapMut> {
    let pages = MmapOptions::new().len(bytes).map_anon()?;
    // A huge one would cost 2 MiB for its first byte. Where there are none, there is nothing to turn off.
    #[cfg(target_os = "linux")]
    let _unknown = pages.advise(memmap2::Advice::NoHugePage);
    Ok(pages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_what_was_pushed_wherever_it_is() {
        for size in [0, 1, SMALL - 1, SMALL, SMALL + 1, 3 * SMALL] {
            let body: Vec<u8> = (0..=250).cycle().take(size).collect();
            let mut buffer = Buffer::new(size);
            for part in body.chunks(1_000) {
                buffer.push(part).unwrap();
            }
            assert_eq!(buffer.len(), size);
            assert!(buffer.push(b"x").is_err(), "{size}");
            assert_eq!(buffer.freeze(), body, "{size}");
        }
    }
}
