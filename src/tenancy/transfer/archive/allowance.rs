//! A bound on what is read from a file that has not been understood yet.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// So many bytes may be read until it is lifted.
pub(super) struct Allowance(Arc<AtomicU64>);

/// A reader that keeps to an allowance.
pub(super) struct Metered<R> {
    inner: R,
    left: Arc<AtomicU64>,
}

impl Allowance {
    pub(super) fn new(bytes: u64) -> Self {
        Self(Arc::new(AtomicU64::new(bytes)))
    }

    pub(super) fn meter<R>(&self, inner: R) -> Metered<R> {
        Metered {
            inner,
            left: Arc::clone(&self.0),
        }
    }

    /// From here on, any length may be read.
    pub(super) fn lift(&self) {
        self.0.store(u64::MAX, Ordering::Relaxed);
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.left.load(Ordering::Relaxed);
        if left == 0 {
            return Err(io::Error::other("its directory is far too long"));
        }
        let most = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let length = self
            .inner
            .read(buffer.get_mut(..most).unwrap_or_default())?;
        if left != u64::MAX {
            let length = u64::try_from(length).unwrap_or(u64::MAX);
            self.left
                .store(left.saturating_sub(length), Ordering::Relaxed);
        }
        Ok(length)
    }
}

impl<R: Seek> Seek for Metered<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_read_until_it_is_lifted() {
        let allowance = Allowance::new(3);
        let mut reader = allowance.meter(&b"abcdef"[..]);
        let mut text = Vec::new();
        assert!(reader.read_to_end(&mut text).is_err());
        assert_eq!(text, b"abc");
        allowance.lift();
        reader.read_to_end(&mut text).unwrap();
        assert_eq!(text, b"abcdef");
    }
}
