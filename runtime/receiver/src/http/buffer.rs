//! The buffer that a request body is read into.

use std::io;

use bytes::{BufMut, Bytes, BytesMut};
use memmap2::{MmapMut, MmapOptions};

/// Bodies up to this size are in memory of the allocator, larger ones in pages of their own.
const SMALL: usize = 64 * 1024;

/// A growing body whose final size is not known.
///
/// A large body is in mapped pages, which return to the operating system as soon as the body is dropped. An allocator
/// keeps much of the freed memory in each thread, and holds two copies while it grows a vector. Pages that are not
/// written cost nothing, so space for the largest body is mapped at once.
pub(super) struct Buffer {
    largest: usize,
    filled: usize,
    storage: Storage,
}

enum Storage {
    Allocated(BytesMut),
    Mapped(MmapMut),
}

/// A finished body in mapped pages.
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
    /// A buffer for a body of at most this many bytes.
    pub(super) fn new(largest: usize) -> Self {
        Self { largest, filled: 0, storage: Storage::Allocated(BytesMut::new()) }
    }

    pub(super) fn len(&self) -> usize {
        self.filled
    }

    /// Appends bytes.
    ///
    /// # Errors
    ///
    /// The body would be too large, or the system has no memory.
    pub(super) fn push(&mut self, more: &[u8]) -> io::Result<()> {
        let end = self.filled.checked_add(more.len()).filter(|end| *end <= self.largest);
        let end = end.ok_or(io::ErrorKind::FileTooLarge)?;
        if let Storage::Allocated(bytes) = &mut self.storage {
            if end <= SMALL {
                bytes.put_slice(more);
            } else {
                let mut pages = map_pages(self.largest)?;
                pages[..self.filled].copy_from_slice(bytes);
                self.storage = Storage::Mapped(pages);
            }
        }
        if let Storage::Mapped(pages) = &mut self.storage {
            pages[self.filled..end].copy_from_slice(more);
        }
        self.filled = end;
        Ok(())
    }

    /// The body, without a copy.
    pub(super) fn freeze(self) -> Bytes {
        match self.storage {
            Storage::Allocated(bytes) => bytes.freeze(),
            Storage::Mapped(pages) => Bytes::from_owner(FrozenBody { pages, bytes: self.filled }),
        }
    }
}

fn map_pages(bytes: usize) -> io::Result<MmapMut> {
    let pages = MmapOptions::new().len(bytes).map_anon()?;
    // A huge page would take 2 MiB for the first byte. Kernels without huge pages return an error, which does not
    // matter.
    #[cfg(target_os = "linux")]
    let _no_huge_pages = pages.advise(memmap2::Advice::NoHugePage);
    Ok(pages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_large_bodies_keep_what_was_pushed() {
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
