//! A cache of parsed headers: a proxy with pooled connections sends the same client's headers on request after request.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use std::sync::{Mutex, PoisonError};

use super::{ReceiveError, Received, Receiver};
use crate::headers::RequestHeaders;
use crate::headers::name::is_alike;

/// A [`Receiver`] with a cache of its results, for requests with the same header values.
///
/// The key is every byte of all headers that the receiver reads, names included; the result depends on nothing else. A request
/// that differs in one byte is parsed. Errors are not cached.
///
/// The cache is bounded: 256 entries of at most 16 KiB of headers each, unless [`with_sizes`](Self::with_sizes) sets others. Share
/// it by reference between threads; a lock is held to look up or store an entry, never while headers are compared or parsed.
///
/// ```
/// use std::sync::Arc;
/// use tls_client_auth::Receiver;
/// use tls_client_auth::receive::Memory;
///
/// let memory = Memory::new(Receiver::nginx());
/// let headers = [("ssl-client-verify", "SUCCESS"), ("ssl-client-s-dn", "CN=client.example")];
/// let first = memory.receive(&headers)?;
/// let again = memory.receive(&headers)?;
/// assert!(first.auth.is_trusted());
/// assert!(Arc::ptr_eq(&first, &again));
/// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
/// ```
#[derive(Debug)]
pub struct Memory {
    receiver: Receiver,
    names: Vec<Box<[u8]>>,
    /// One bit for each length of a name, modulo 64.
    lengths: u64,
    entry_bytes: usize,
    slots: Box<[Slot]>,
}

/// No set has this many headers. A request with more lines of them is not cached.
const MOST_LINES: usize = 32;

type Slot = Mutex<Option<Arc<Entry>>>;

struct Entry {
    key: Vec<u8>,
    received: Arc<Received>,
}

impl Memory {
    /// Creates a cache of 256 entries, each of at most 16 KiB of headers.
    #[must_use]
    pub fn new(receiver: Receiver) -> Self {
        Self::with_sizes(receiver, 256, 16 * 1024)
    }

    /// Creates a cache of `entries` entries, each of at most `entry_bytes` bytes in the headers that the receiver reads.
    #[must_use]
    pub fn with_sizes(receiver: Receiver, entries: usize, entry_bytes: usize) -> Self {
        let names: Vec<Box<[u8]>> = receiver.headers().map(|name| name.as_bytes().into()).collect();
        let lengths = names.iter().fold(0, |lengths, name| lengths | length_bit(name.len()));
        let slots = (0..entries.max(1)).map(|_| Mutex::new(None)).collect();
        Self { receiver, names, lengths, entry_bytes, slots }
    }

    /// The receiver.
    #[must_use]
    pub const fn receiver(&self) -> &Receiver {
        &self.receiver
    }

    /// Returns the result of [`Receiver::receive_with_names`], from the cache if the same headers were parsed before.
    ///
    /// # Errors
    /// The same as for [`Receiver::receive`].
    pub fn receive<H: RequestHeaders + ?Sized>(
        &self,
        headers: &H,
    ) -> Result<Arc<Received>, ReceiveError> {
        let mut own = [(&[][..], &[][..]); MOST_LINES];
        let (mut count, mut mark, mut length) = (0usize, 0, 0usize);
        headers.visit(&mut |name, value| {
            if self.lengths & length_bit(name.len()) != 0
                && self.names.iter().any(|own| is_alike(own, name))
            {
                if let Some(line) = own.get_mut(count) {
                    *line = (name, value);
                }
                count = count.saturating_add(1);
                mark = mixed(mixed(mark, name), value);
                length = length.saturating_add(entry_length(name, value));
            }
        });
        let (Some(own), Some(slot)) = (own.get(..count), self.slot(mark)) else {
            return self.receiver.receive_with_names(headers).map(Arc::new);
        };
        let known = slot.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known.filter(|known| is_key(&known.key, own)) {
            return Ok(Arc::clone(&known.received));
        }
        let received = Arc::new(self.receiver.receive_with_names(headers)?);
        if length <= self.entry_bytes {
            let mut key = Vec::with_capacity(length);
            for (name, value) in own {
                key.extend_from_slice(&lengths_of(name, value));
                key.extend_from_slice(name);
                key.extend_from_slice(value);
            }
            let entry = Arc::new(Entry { key, received: Arc::clone(&received) });
            let before = slot.lock().unwrap_or_else(PoisonError::into_inner).replace(entry);
            // Freed outside the lock.
            drop(before);
        }
        Ok(received)
    }

    fn slot(&self, mark: u64) -> Option<&Slot> {
        let index = mark.checked_rem(u64::try_from(self.slots.len()).ok()?)?;
        self.slots.get(usize::try_from(index).ok()?)
    }
}

/// Whether these lines are the key's.
fn is_key(key: &[u8], lines: &[(&[u8], &[u8])]) -> bool {
    let rest = lines.iter().try_fold(key, |rest, (name, value)| {
        rest.strip_prefix(&lengths_of(name, value))?.strip_prefix(*name)?.strip_prefix(*value)
    });
    rest.is_some_and(<[u8]>::is_empty)
}

const fn length_bit(length: usize) -> u64 {
    1 << (length & 63)
}

/// The lengths of a name and a value, which separate them in the key.
fn lengths_of(name: &[u8], value: &[u8]) -> [u8; 16] {
    let length = |part: &[u8]| u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes();
    let mut both = [0; 16];
    let (first, second) = both.split_at_mut(8);
    first.copy_from_slice(&length(name));
    second.copy_from_slice(&length(value));
    both
}

const fn entry_length(name: &[u8], value: &[u8]) -> usize {
    16usize.saturating_add(name.len()).saturating_add(value.len())
}

/// Mixes in the length and both ends of a part. This only chooses a slot; the headers are then compared byte for byte.
fn mixed(mark: u64, part: &[u8]) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let ends = [part.first_chunk::<8>(), part.last_chunk::<8>()];
    let short = part.iter().take(8).fold(0, |word, byte| word << 8 | u64::from(*byte));
    let words = ends.map(|end| end.map_or(short, |bytes| u64::from_le_bytes(*bytes)));
    let middle = part.get(part.len() / 2..).and_then(|half| half.first_chunk::<8>());
    let middle = middle.map_or(0, |bytes| u64::from_le_bytes(*bytes));
    let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
    words
        .into_iter()
        .chain([middle, length])
        .fold(mark, |mark, word| (mark ^ word).wrapping_mul(ODD).rotate_left(29))
}

/// Prints the size of the key, which holds client input.
impl core::fmt::Debug for Entry {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.debug_struct("Entry").field("key_bytes", &self.key.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Limits;
    use crate::{ClientCertificate, HeaderSet, Verification};
    use alloc::string::{String, ToString as _};

    fn request(verdict: &str, name: &str) -> Vec<(String, String)> {
        let pair = |name: &str, value: &str| (name.to_string(), value.to_string());
        Vec::from([
            pair("host", "a.example"),
            pair("ssl-client-verify", verdict),
            pair("ssl-client-s-dn", name),
        ])
    }

    #[test]
    fn only_the_same_bytes_are_remembered() {
        // One slot: every request meets the one before.
        let memory = Memory::with_sizes(Receiver::nginx(), 1, 1000);
        let middle = |letter| alloc::format!("CN={}{letter}{}", "a".repeat(40), "b".repeat(40));
        let requests = [
            request("SUCCESS", &middle('x')),
            // Alike in length and at both ends.
            request("SUCCESS", &middle('y')),
            request("FAILED:path loop", &middle('x')),
            request("NONE", ""),
            request("SUCCESS", &"z".repeat(2000)),
            // The same bytes, shifted from one header to another.
            request("SUCCESS", "CN=a"),
            Vec::from([("ssl-client-verify".into(), "SUCCESSCN=a".into())]),
            Vec::from([("ssl_client_verify".into(), "SUCCESS".into())]),
            Vec::new(),
        ];
        for _ in 0..3 {
            for request in &requests {
                let anew = Receiver::nginx().receive_with_names(request);
                for _ in 0..2 {
                    match (memory.receive(request), &anew) {
                        (Ok(remembered), Ok(anew)) => {
                            assert_eq!(remembered.auth, anew.auth);
                            assert_eq!(remembered.names, anew.names);
                        }
                        (remembered, anew) => {
                            assert_eq!(remembered.map(drop), anew.clone().map(drop));
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn threads_get_their_own_result() {
        let memory = Memory::with_sizes(Receiver::rfc9440(crate::Unstated::Verified), 2, 10_000);
        let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
        let requests: Vec<_> = (0..8u8)
            .map(|byte| {
                let mut der = der.to_vec();
                *der.last_mut().unwrap() = byte;
                let client = ClientCertificate::presented(der, Verification::Success);
                let lines = HeaderSet::rfc9440().lines(&client, Limits::new());
                let line = lines.iter().next().unwrap();
                ([(line.name().to_string(), line.value().to_string())], client)
            })
            .collect();
        std::thread::scope(|scope| {
            for start in 0..4 {
                let (memory, requests) = (&memory, &requests);
                scope.spawn(move || {
                    for turn in 0..500usize {
                        let (request, client) = &requests[(turn * 7 + start * 3) % requests.len()];
                        let received = memory.receive(request).unwrap();
                        assert_eq!(received.auth.client_certificate().leaf(), client.leaf());
                    }
                });
            }
        });
    }
}
