//! Checks every interleaving of threads that claim, then commit, drop, or panic.

use super::sync::{Arc, Ordering};
use super::{ConnectionState, Forwarding};
use crate::client::{ClientCertificate, Verification};
use alloc::boxed::Box;
use loom::sync::atomic::AtomicUsize;
use loom::thread;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How a request that carries the certificate ends.
#[derive(Clone, Copy)]
enum End {
    Commits,
    Drops,
    Panics,
}
use End::{Commits, Drops, Panics};

/// Runs a thread for each request, in every interleaving; the certificate is sent at most once and never lost.
fn model<const REQUESTS: usize>(ends: [End; REQUESTS]) {
    loom::model(move || {
        let client = ClientCertificate::presented(&[0u8; 3][..], Verification::Success);
        let connection = ConnectionState::new(client, Forwarding::cloudflare());
        let committed = Arc::new(AtomicUsize::new(0));
        let handles = ends.map(|end| {
            let (connection, committed) = (connection.clone(), Arc::clone(&committed));
            thread::spawn(move || {
                let claim = connection.claim();
                if !claim.is_first() {
                    return;
                }
                assert_eq!(claim.lines().count(), 2, "a claim holds the certificate");
                match end {
                    Commits => {
                        committed.fetch_add(1, Ordering::Relaxed);
                        claim.commit();
                    }
                    Drops => drop(claim),
                    Panics => {
                        let unwinds = AssertUnwindSafe(move || {
                            let _claim = claim;
                            std::panic::resume_unwind(Box::new("a panic"))
                        });
                        assert!(catch_unwind::<_, ()>(unwinds).is_err());
                    }
                }
            })
        });
        for handle in handles {
            handle.join().unwrap();
        }
        let sent = committed.load(Ordering::Relaxed);
        assert!(sent <= 1, "sent twice");
        let retry = connection.claim();
        assert_eq!(retry.is_first(), sent == 0, "the certificate is lost, or sent twice");
        retry.commit();
        assert!(connection.is_sent());
    });
}

#[test]
fn of_two_threads_both_commit() {
    model([Commits, Commits]);
}

#[test]
fn of_two_threads_one_drops() {
    model([Commits, Drops]);
}

#[test]
fn three_threads_commit_drop_and_panic() {
    model([Commits, Drops, Panics]);
}

#[test]
fn of_three_threads_two_commit() {
    model([Commits, Commits, Panics]);
}

#[test]
fn of_three_threads_none_commits() {
    model([Drops, Panics, Drops]);
}
