//! A cache of parsed headers: a proxy with pooled connections sends the same client's headers on request after request.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use std::sync::{Mutex, PoisonError};

use super::lines::Lines;
use super::{ReceiveError, Received, Receiver};
use crate::headers::RequestHeaders;

/// A [`Receiver`] with a cache of its results, for requests with the same header values.
///
/// The key is every byte of the values of all headers that the receiver reads; the result depends on nothing else. A request
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
///
/// // 16 entries of at most 4 KiB.
/// let small = Memory::with_sizes(memory.receiver().clone(), 16, 4 * 1024);
/// assert!(small.receive(&headers)?.auth.is_trusted());
/// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
/// ```
#[derive(Debug)]
pub struct Memory {
    receiver: Receiver,
    entry_bytes: usize,
    slots: Box<[Slot]>,
}

type Slot = Mutex<Option<Arc<Received>>>;

/// The header values that a cached result was parsed from. Empty for a result that is not cached.
#[derive(Default)]
pub(super) struct Key {
    /// The length of each row's value; `None` for a row without one.
    lengths: Box<[Option<usize>]>,
    /// All values, joined in the order of the rows.
    values: Box<[u8]>,
}

/// A clone is not in the cache.
impl Clone for Key {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Key {
    fn of(lines: &Lines<'_>) -> Self {
        let values = lines.values().iter().copied();
        Self {
            lengths: values.clone().map(|value| value.map(<[u8]>::len)).collect(),
            values: values.flatten().collect::<Vec<_>>().concat().into(),
        }
    }

    fn is_of(&self, lines: &Lines<'_>) -> bool {
        let mut rest = &*self.values;
        let is_same = |(value, length): (&Option<&[u8]>, &Option<usize>)| match (value, length) {
            (Some(value), Some(length)) => {
                let Some((own, behind)) = rest.split_at_checked(*length) else { return false };
                rest = behind;
                own == *value
            }
            (None, None) => true,
            _ => false,
        };
        lines.values().len() == self.lengths.len()
            && lines.values().iter().zip(&self.lengths).all(is_same)
    }
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
        let slots = (0..entries.max(1)).map(|_| Mutex::new(None)).collect();
        Self { receiver, entry_bytes, slots }
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
        let mut lines = Lines::none(self.receiver.rows.len());
        self.receiver.find(headers, &mut lines)?;
        let slot = self.slot(&lines);
        let lock = || slot.map(|slot| slot.lock().unwrap_or_else(PoisonError::into_inner));
        let known = lock().and_then(|slot| slot.clone());
        if let Some(known) = known.filter(|known| known.key.is_of(&lines)) {
            return Ok(known);
        }
        let mut read =
            self.receiver.read(&mut lines.clone(), true, |outcome| outcome.received())?;
        let bytes = lines.values().iter().flatten().map(|value| value.len());
        let fits = bytes.fold(0, usize::saturating_add) <= self.entry_bytes;
        if fits {
            read.key = Key::of(&lines);
        }
        let received = Arc::new(read);
        if fits {
            let before = lock().and_then(|mut slot| slot.replace(Arc::clone(&received)));
            // Freed outside the lock.
            drop(before);
        }
        Ok(received)
    }

    /// The slot for these lines, chosen by the length and some bytes of each value. The values are then compared byte for byte.
    fn slot(&self, lines: &Lines<'_>) -> Option<&Slot> {
        let values = lines.values().iter().flatten();
        let mark =
            values.fold(0u64, |mark, value| mark.rotate_left(5).wrapping_add(word_of(value)));
        // The upper half of the product is below the number of slots.
        let slots = u128::try_from(self.slots.len()).ok()?;
        let index = u128::from(mark.wrapping_mul(ODD)).wrapping_mul(slots) >> 64;
        self.slots.get(usize::try_from(index).ok()?)
    }
}

/// A large odd factor, which spreads a word over all bits of the product.
const ODD: u64 = 0x1656_67b1_9e37_79f9;

/// The length, both ends and the middle of a value. Does not depend on the values before, so that the processor works on several.
fn word_of(value: &[u8]) -> u64 {
    let length = u64::try_from(value.len()).unwrap_or_default();
    let word = match (value.first_chunk::<8>(), value.last_chunk::<8>()) {
        (Some(first), Some(last)) => {
            let middle = value.get(value.len() / 2..).and_then(|half| half.first_chunk::<8>());
            let [first, middle, last] =
                [first, middle.unwrap_or(last), last].map(|bytes| u64::from_le_bytes(*bytes));
            first.rotate_left(11) ^ middle.rotate_left(37) ^ last
        }
        _ => match (value.first_chunk::<4>(), value.last_chunk::<4>()) {
            (Some(first), Some(last)) => {
                let [first, last] =
                    [first, last].map(|bytes| u64::from(u32::from_le_bytes(*bytes)));
                first << 32 | last
            }
            _ => value.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
        },
    };
    (word ^ length).wrapping_mul(ODD)
}

/// Prints the size: the values are client input.
impl core::fmt::Debug for Key {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.debug_struct("Key").field("bytes", &self.values.len()).finish_non_exhaustive()
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
        // With one slot, every request is compared with the previous one.
        let memory = Memory::with_sizes(Receiver::nginx(), 1, 1000);
        let middle = |letter| alloc::format!("CN={}{letter}{}", "a".repeat(40), "b".repeat(40));
        let requests = [
            request("SUCCESS", &middle('x')),
            // The same length, start and end.
            request("SUCCESS", &middle('y')),
            request("FAILED:path loop", &middle('x')),
            request("NONE", ""),
            request("SUCCESS", &"z".repeat(2000)),
            // The same bytes, divided differently between the headers.
            request("SUCCESS", "CN=a"),
            Vec::from([("ssl-client-verify".into(), "SUCCESSCN=a".into())]),
            Vec::from([("ssl_client_verify".into(), "SUCCESS".into())]),
            Vec::new(),
        ];
        for _ in 0..3 {
            for request in &requests {
                let expected = Receiver::nginx().receive_with_names(request);
                for _ in 0..2 {
                    match (memory.receive(request), &expected) {
                        (Ok(remembered), Ok(expected)) => {
                            assert_eq!(remembered.auth, expected.auth);
                            assert_eq!(remembered.names, expected.names);
                        }
                        (remembered, expected) => {
                            assert_eq!(remembered.map(drop), expected.clone().map(drop));
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn each_thread_gets_the_result_of_its_own_request() {
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

    #[test]
    fn clients_are_spread_over_the_slots() {
        type Name = fn(usize, &str) -> String;
        let memory = Memory::new(Receiver::nginx());
        let rest = ",OU=Department of Examples,O=Example Corp";
        let names: [(&str, Name); 4] = [
            ("at the start", |number, rest| alloc::format!("CN={number:04}{rest}")),
            ("in the middle", |number, rest| alloc::format!("C=DE{rest},CN={number:04}{rest}")),
            ("at the end", |number, rest| alloc::format!("C=DE{rest},CN={number:04}")),
            ("alone", |number, _| alloc::format!("{number}")),
        ];
        for (place, name) in names {
            let slots = (0..1000).map(|number| {
                let request = request("SUCCESS", &name(number, rest));
                let mut lines = Lines::none(memory.receiver.rows.len());
                memory.receiver.find(&request, &mut lines).unwrap();
                core::ptr::from_ref(memory.slot(&lines).unwrap())
            });
            let slots: std::collections::HashSet<_> = slots.collect();
            // By chance, 251 of 256.
            assert!(slots.len() > 220, "{place}: {} slots", slots.len());
        }
    }
}
