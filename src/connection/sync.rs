//! The shared parts of a connection's state: the standard library's, or loom's where it explores every interleaving.

use alloc::boxed::Box;

// Its count is not ours to prove, and would multiply what loom has to try.
pub(crate) use alloc::sync::Arc;
#[cfg(not(all(test, loom_model)))]
pub(crate) use core::sync::atomic::{AtomicU8, Ordering};
#[cfg(all(feature = "std", not(all(test, loom_model))))]
use std::sync::Mutex;

#[cfg(all(test, loom_model))]
use loom::sync::Mutex;
#[cfg(all(test, loom_model))]
pub(crate) use loom::sync::atomic::{AtomicU8, Ordering};

/// A place for one value that whoever holds the claim takes out and puts back.
///
/// Only one thread at a time touches it, as the state's atomic says, so that nobody ever waits here; the mutex is what makes
/// moving a value out of a shared place safe Rust.
#[cfg(feature = "std")]
pub(crate) struct Slot<T>(Mutex<Option<Box<T>>>);

#[cfg(feature = "std")]
impl<T> Slot<T> {
    pub(crate) fn new(value: Option<Box<T>>) -> Self {
        Self(Mutex::new(value))
    }

    pub(crate) fn take(&self) -> Option<Box<T>> {
        self.0.try_lock().ok()?.take()
    }

    pub(crate) fn put(&self, value: Option<Box<T>>) {
        if let Ok(mut slot) = self.0.try_lock() {
            *slot = value;
        }
    }
}

/// Without the standard library there is no safe way to move the value out: it stays until the connection ends.
#[cfg(not(feature = "std"))]
pub(crate) struct Slot<T>(Option<Box<T>>);

#[cfg(not(feature = "std"))]
impl<T: Clone> Slot<T> {
    pub(crate) const fn new(value: Option<Box<T>>) -> Self {
        Self(value)
    }

    pub(crate) fn take(&self) -> Option<Box<T>> {
        self.0.clone()
    }

    #[expect(clippy::unused_self, reason = "the same interface as with the standard library")]
    pub(crate) fn put(&self, _: Option<Box<T>>) {}
}
