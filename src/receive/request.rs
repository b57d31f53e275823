//! Parses one request by the rules in [`Receiver`]'s documentation.

use alloc::vec::Vec;

use super::error::{ReceiveError, ReceiveErrorKind};
use super::record::{self, Received};
use super::verdict::Verdict;
use super::{Receiver, Row};
use crate::client::ClientCertificate;
use crate::field::stated::Stated;
use crate::field::{Field, Limits};
use crate::headers::RequestHeaders;
use crate::headers::name::is_alike;
use crate::record::TlsClientAuth;

/// A row with what a request has for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'h> {
    pub(super) row: &'h Row,
    pub(super) value: Option<&'h [u8]>,
    /// Whether the request has the header, with any value.
    pub(super) is_there: bool,
}

impl Receiver {
    /// Parses the headers of a request that came from the proxy: see "The peer is trusted" above.
    ///
    /// ```
    /// use tls_client_auth::Receiver;
    ///
    /// let auth = Receiver::nginx().receive(&[
    ///     ("Host", "origin.example"),
    ///     ("ssl-client-verify", "FAILED:certificate has expired"),
    ///     ("ssl-client-s-dn", "CN=client.example"),
    ///     ("ssl-client-escaped-cert", ""),
    /// ])?;
    /// assert!(auth.is_presented() && !auth.is_trusted());
    /// assert_eq!(auth.cert_subject_dn(), "CN=client.example");
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    ///
    /// # Errors
    /// The headers break one of the rules above: the request is forged, or the proxy is misconfigured. Reject it, with `400`.
    pub fn receive<H: RequestHeaders + ?Sized>(
        &self,
        headers: &H,
    ) -> Result<TlsClientAuth, ReceiveError> {
        self.receive_with_names(headers).map(|received| received.auth)
    }

    /// Parses the headers and also returns the certificate's DNS names, URIs (such as a SPIFFE ID) and TLS identities.
    ///
    /// If the leaf was sent, the names are the leaf's. Otherwise only Envoy's, Google's and Linkerd's headers contain names; those
    /// that another name of the certificate can have produced are left out. Names with a space or with bytes outside printable
    /// ASCII are left out too.
    ///
    /// ```
    /// use tls_client_auth::{Receiver, Unstated};
    /// # let hash = "73c94b97c9f215f77ecd6085723216029697fa3b29d2ecd62fb9186db77844aa";
    ///
    /// let header = format!("By=spiffe://mesh/proxy;Hash={hash};URI=spiffe://mesh/web");
    /// let received = Receiver::envoy(Unstated::Verified).receive_with_names(&[("x-forwarded-client-cert", header)])?;
    /// assert!(received.auth.is_trusted());
    /// assert_eq!((received.names[0].kind(), received.names[0].as_str()), ("uri", "spiffe://mesh/web"));
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    ///
    /// # Errors
    /// The same as for [`receive`](Self::receive).
    #[doc(alias("SPIFFE"))]
    pub fn receive_with_names<H: RequestHeaders + ?Sized>(
        &self,
        headers: &H,
    ) -> Result<Received, ReceiveError> {
        let lines = self.lines(headers)?;
        let verdict = Verdict::read(&lines, self)?;
        let mut stated = Stated::new(self.dialect);
        let (mut first, mut chain, mut identity) = (None, None, None);
        for line in &lines {
            let (Some(value), field) = (line.value, line.row.field) else { continue };
            let header = &line.row.header;
            let refuse = |kind| ReceiveError::new(header, kind);
            // The same field under another name.
            if let Some(told) = line.row.twin.and_then(|twin| lines.get(twin)?.value) {
                if told == value {
                    continue;
                }
                return Err(refuse(ReceiveErrorKind::Disagrees));
            }
            // The leaf tells it better.
            if stated.leaf.is_some() && !field.identifies() && !field.is_chain() {
                continue;
            }
            let was_empty = stated.is_empty();
            field.read(value, &self.reading, &mut stated).map_err(refuse)?;
            if was_empty && !stated.is_empty() {
                first = Some(header);
            }
            if field.identifies() {
                identity = Some(header);
            }
            if stated.has_chain() && chain.is_none() {
                chain = Some(header);
            }
        }
        let Some((verification, revoked)) = verdict.conclude(first)? else {
            let auth = TlsClientAuth::new(&ClientCertificate::none());
            return Ok(Received { auth, names: Vec::new() });
        };
        let disagrees = |header| ReceiveError::new(header, ReceiveErrorKind::Disagrees);
        match (stated.leaf.take(), identity, chain) {
            (Some(leaf), Some(identity), chain) => {
                let Some(certificates) = stated.take_chain() else {
                    return Err(disagrees(chain.unwrap_or(identity)));
                };
                let client = ClientCertificate::presented(leaf, verification).chain(certificates);
                let client = client.revoked(revoked).dialect(self.dialect);
                // What may be received is read.
                let limits = Limits::new().certificate(self.reading.limits.certificate);
                let auth = TlsClientAuth::with_limits(&client, limits);
                if !record::has_digests(&auth, &stated) {
                    return Err(disagrees(identity));
                }
                Ok(Received { auth, names: record::names(&client, &self.reading.limits) })
            }
            (_, _, Some(header)) => {
                Err(ReceiveError::new(header, ReceiveErrorKind::ChainWithoutCertificate))
            }
            _ => {
                // The record is of a certificate that was not sent.
                let client = record::client(&stated, verification).revoked(revoked);
                Ok(Received { auth: record::record(&stated, client), names: stated.names })
            }
        }
    }

    /// Every row with its value; `None` for values that mean absence.
    fn lines<'h, H: RequestHeaders + ?Sized>(
        &'h self,
        headers: &'h H,
    ) -> Result<Vec<Line<'h>>, ReceiveError> {
        let mut lines: Vec<Line<'h>> =
            self.rows.iter().map(|row| Line { row, value: None, is_there: false }).collect();
        let mut error = None;
        headers.visit(&mut |name, value| {
            for line in &mut lines {
                let own = line.row.header.as_str().as_bytes();
                if !is_alike(own, name) {
                    continue;
                }
                let kind = if !own.eq_ignore_ascii_case(name) {
                    ReceiveErrorKind::LookAlike
                } else if value.len() > self.reading.limits.header {
                    ReceiveErrorKind::TooLarge
                } else if line.value.replace(value).is_some() {
                    ReceiveErrorKind::Twice
                } else {
                    line.is_there = true;
                    continue;
                };
                error.get_or_insert_with(|| ReceiveError::new(&line.row.header, kind));
            }
        });
        if let Some(error) = error {
            return Err(error);
        }
        for line in &mut lines {
            let Some(mut value) = line.value else { continue };
            if let Some([before, after]) = line.row.around.as_deref() {
                // A row without a value is sent without the text around it.
                let inside = value.strip_prefix(before.as_bytes());
                let inside = inside.and_then(|rest| rest.strip_suffix(after.as_bytes()));
                let malformed = || ReceiveError::new(&line.row.header, ReceiveErrorKind::Malformed);
                value = match inside {
                    None if value.trim_ascii().is_empty() => value,
                    inside => inside.ok_or_else(malformed)?,
                };
            }
            line.value = meaning(value, line.row.field);
        }
        Ok(lines)
    }
}

/// The value, or `None` if it is a proxy's text for an absent value.
fn meaning(value: &[u8], field: Field) -> Option<&[u8]> {
    let trimmed = value.trim_ascii();
    if field.is_bare_name() {
        return Some(trimmed).filter(|name| !name.is_empty());
    }
    // A name in a one-line form may end with a space.
    let value = if field.is_name() { value.trim_ascii_start() } else { trimmed };
    let value = match value {
        // HAProxy's `%{+Q}`. A verdict is exact, and quotes are Envoy's grammar.
        [b'"', inside @ .., b'"'] if field.may_be_quoted() => inside.trim_ascii_start(),
        value => value,
    };
    // Apache, Caddy 2.11, Caddy 2.6.
    let nothing = matches!(value, b"" | b"\"\"" | b"(null)" | b"<nil>") || is_placeholder(value);
    (!nothing).then_some(value)
}

/// Whether the whole value is an unexpanded placeholder, `{http.request.tls.client.serial}`. A client may have chosen a value that
/// only begins like one.
fn is_placeholder(value: &[u8]) -> bool {
    let name =
        value.strip_prefix(b"{http.request.tls.client.").and_then(|rest| rest.strip_suffix(b"}"));
    name.is_some_and(|name| {
        name.iter().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.'))
    })
}
