//! Applies a claim to a request: strips the owned headers that the client sent, and adds the claim's.

use alloc::vec::Vec;

use super::sync::Ordering;
use super::{Claim, xfcc};
use crate::headers::{RequestHeadersMut, TooManyHeaders, add_line};

/// The result of [`Claim::apply`].
///
/// ```
/// use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding};
///
/// let connection = ConnectionState::new(ClientCertificate::none(), Forwarding::cloudflare());
/// let mut headers = vec![("Client-Cert".to_owned(), ":AA==:".to_owned()), ("Accept".to_owned(), "*/*".to_owned())];
/// let applied = connection.claim().apply(&mut headers);
/// assert_eq!(applied.stripped(), 1);
/// assert!(applied.is_complete());
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Applied {
    stripped: usize,
    is_complete: bool,
}

impl Applied {
    /// The number of header lines that were stripped because their name is [owned](Claim::owns): attempts at forging, unless the
    /// headers were already prepared before. Headers listed in `Connection` are not counted.
    #[must_use]
    pub const fn stripped(self) -> usize {
        self.stripped
    }

    /// Whether all of the claim's headers were added. If not, the request has too many headers, and none were added.
    #[must_use]
    pub const fn is_complete(self) -> bool {
        self.is_complete
    }
}

impl Claim {
    /// Strips the request of client-certificate headers and of headers listed in `Connection`, then adds the claim's headers, each
    /// once. Call it for every request, before the proxy sets headers of its own.
    ///
    /// `Connection` and `Upgrade` are treated as by [`consume_connection`](super::consume_connection). If the request has too many
    /// headers, none are added, and [`commit`](Self::commit) has no effect.
    #[doc(alias("forged", "spoofed", "sanitize"))]
    pub fn apply<H: RequestHeadersMut + ?Sized>(&self, headers: &mut H) -> Applied {
        let (forwarding, trusted) = self.source();
        // Read first: it is owned, so `remove_where` removes it, and it is inserted again below.
        let inbound = match self.every && forwarding.mode_of_xfcc().keeps(trusted) {
            true => xfcc::inbound(headers),
            false => None,
        };
        let kept = inbound.as_ref().map_or(0, |(_, lines)| *lines);
        let stripped = self.strip(headers).saturating_sub(kept);
        let added = match inbound {
            None => self.try_for_each_line(|line| headers.add_line(line)),
            Some((inbound, _)) => self.add_to(inbound, headers),
        };
        let is_complete = added.is_ok();
        if !is_complete {
            // An incomplete set of headers could be misleading.
            headers.remove_where(&mut |name| self.owner().owns(name));
        }
        self.lost.store(!is_complete, Ordering::Relaxed);
        Applied { stripped, is_complete }
    }

    /// Adds the lines and the request's own header: before the sets' value, or alone if no value is sent.
    fn add_to<H: RequestHeadersMut + ?Sized>(
        &self,
        inbound: Vec<u8>,
        headers: &mut H,
    ) -> Result<(), TooManyHeaders> {
        let mut inbound = Some(inbound);
        self.lines().try_for_each(|line| match inbound.take_if(|_| xfcc::is_own(&line)) {
            Some(inbound) => {
                add_line(headers, xfcc::NAME, &xfcc::appended(inbound, line.value().as_bytes()))
            }
            None => headers.add_line(line),
        })?;
        match inbound {
            Some(inbound) if !self.forwarding().mode_of_xfcc().sends() => {
                add_line(headers, xfcc::NAME, &inbound)
            }
            _ => Ok(()),
        }
    }
}

#[cfg(all(test, not(loom_model)))]
mod tests {
    use super::*;
    use crate::client::{ClientCertificate, Verification};
    use crate::connection::{ConnectionState, Forwarding, XfccMode};
    use crate::headers::name::X_FORWARDED_CLIENT_CERT;
    use crate::headers::{HeaderLine, HeaderSet, RequestHeaders};
    use alloc::string::String;
    use alloc::vec::Vec;

    const DER: &[u8] = include_bytes!("../../tests/fixtures/plain.der");

    /// A list with a limited number of lines.
    #[derive(Clone)]
    struct Small(Vec<(String, String)>, usize);

    impl RequestHeaders for Small {
        fn visit<'h>(&'h self, visit: &mut dyn FnMut(&'h [u8], &'h [u8])) {
            self.0.visit(visit);
        }
    }

    impl RequestHeadersMut for Small {
        fn remove_where(&mut self, remove: &mut dyn FnMut(&[u8]) -> bool) {
            self.0.remove_where(remove);
        }

        fn add_line(&mut self, line: HeaderLine<'_>) -> Result<(), TooManyHeaders> {
            if self.0.len() >= self.1 { Err(TooManyHeaders) } else { self.0.add_line(line) }
        }
    }

    #[test]
    fn full_headers_get_no_lines_and_report_it() {
        let client = ClientCertificate::presented(DER, Verification::Success);
        let forwarding = Forwarding::cloudflare()
            .on_every_request(HeaderSet::envoy())
            .xfcc_mode(XfccMode::AppendForward);
        let own = || -> Vec<(String, String)> {
            [("Accept", "*/*"), (X_FORWARDED_CLIENT_CERT, "Hash=1"), ("Client-Cert", "forged")]
                .map(|(name, value)| (name.into(), value.into()))
                .into()
        };
        for room in 1..=5 {
            let connection = ConnectionState::new(client.clone(), forwarding.clone());
            let mut headers = Small(own(), room);
            let claim = connection.claim();
            let applied = claim.apply(&mut headers);
            let fits = room >= 4;
            assert_eq!((applied.stripped(), applied.is_complete()), (1, fits), "{room}");
            assert_eq!(headers.0.len(), if fits { 4 } else { 1 }, "{room}");
            claim.commit();
            assert_eq!(connection.is_sent(), fits, "{room}");
            assert_eq!(connection.claim().is_first(), !fits, "returned: {room}");
        }
        // A second attempt with more room succeeds.
        let connection = ConnectionState::new(client, forwarding);
        let claim = connection.claim();
        assert!(!claim.apply(&mut Small(own(), 2)).is_complete());
        assert!(claim.apply(&mut Small(own(), 9)).is_complete());
        claim.commit();
        assert!(connection.is_sent());
    }

    #[cfg(feature = "http")]
    #[test]
    fn a_full_header_map_does_not_panic() {
        use http::{HeaderMap, HeaderName, HeaderValue};
        let client = ClientCertificate::presented(DER, Verification::Success);
        let value = HeaderValue::from_static("1");
        let mut full = HeaderMap::new();
        let name = |index: usize| HeaderName::try_from(alloc::format!("x-{index}")).unwrap();
        let most = (0..).take_while(|index| full.try_insert(name(*index), value.clone()).is_ok());
        let most = most.count();
        // The map stays full: one of its names is replaced by an owned one or by `Connection`, which may list others.
        let others = [
            (None, false),
            (Some(("client-cert", "forged")), false),
            (Some(("connection", "close")), false),
            (Some(("connection", "x-1, x-2, close")), true),
        ];
        for (other, has_room) in others {
            let mut headers = full.clone();
            if let Some((name, value)) = other {
                headers.remove("x-0");
                headers.insert(name, HeaderValue::from_static(value));
            }
            assert_eq!(headers.len(), most);
            let connection = ConnectionState::new(client.clone(), Forwarding::cloudflare());
            let claim = connection.claim();
            let applied = claim.apply(&mut headers);
            assert_eq!(applied.is_complete(), has_room, "{other:?}");
            assert_eq!(headers.contains_key("cf-client-cert-sha256"), has_room, "{other:?}");
            claim.commit();
            assert_eq!(connection.is_sent(), has_room, "{other:?}");
        }
    }
}
