//! The synchronization primitives of a connection's state: the standard library's, or loom's in its model tests.

use alloc::boxed::Box;

// Not loom's: the reference count is not under test, and would multiply the interleavings.
pub(crate) use alloc::sync::Arc;
#[cfg(not(all(test, loom_model)))]
pub(crate) use core::sync::atomic::{AtomicU8, Ordering};
#[cfg(all(feature = "std", not(all(test, loom_model))))]
use std::sync::Mutex;

#[cfg(all(test, loom_model))]
use loom::sync::Mutex;
#[cfg(all(test, loom_model))]
pub(crate) use loom::sync::atomic::{AtomicU8, Ordering};

/// A slot for one value, which the holder of the claim takes out and puts back.
///
/// The state's atomic lets only one thread access it at a time, so the lock is never contended; the mutex makes moving the value
/// out possible in safe Rust.
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

/// Without the standard library the value cannot be moved out safely: it is kept until the connection ends.
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
