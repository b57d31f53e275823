//! Changes to a header set: a selection of rows, other header names, fixed text around values.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::entry::Entry;
use super::name::{HeaderName, is_alike, is_reserved};
use super::{HeaderSet, HeaderSetError, HeaderSetErrorKind};
use crate::field::Field;

impl HeaderSet {
    /// Keeps only the rows with these header names, in this order.
    ///
    /// If no verdict is left, the rows are sent for trusted clients only, as in a set without a verdict; call
    /// [`including_untrusted`](Self::including_untrusted) afterwards to send them for all.
    ///
    /// ```
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// use tls_client_auth::field::Limits;
    /// # let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
    ///
    /// let set = HeaderSet::nginx().only(["ssl-client-s-dn"])?;
    /// for (verification, lines) in [(Verification::Success, 1), (Verification::None, 0)] {
    ///     let client = ClientCertificate::presented(der, verification);
    ///     assert_eq!(set.lines(&client, Limits::new()).iter().count(), lines);
    /// }
    /// # Ok::<(), tls_client_auth::headers::HeaderSetError>(())
    /// ```
    ///
    /// # Errors
    /// A name is not in the set, or is duplicated.
    pub fn only<'n>(
        self,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Result<Self, HeaderSetError> {
        let mut left = self.entries.to_vec();
        let mut kept = Vec::new();
        for name in names {
            kept.push(left.remove(position(&left, name)?));
        }
        let set = Self::from_entries(self.name(), kept);
        Ok(if set.tells_verdict() { set } else { set.map(Entry::without_verdict) })
    }

    /// Renames the header of one row, for origins that expect the value under another name.
    ///
    /// ```
    /// use tls_client_auth::HeaderSet;
    ///
    /// let set = HeaderSet::nginx().renamed("ssl-client-s-dn", "X-SSL-Client-DN")?;
    /// assert_eq!(set.rows().next().map(|(name, _)| name), Some("X-SSL-Client-DN"));
    /// # Ok::<(), tls_client_auth::headers::HeaderSetError>(())
    /// ```
    ///
    /// # Errors
    /// The old name is not in the set, or the new name is invalid as in [`new`](Self::new).
    pub fn renamed(self, from: &str, to: &str) -> Result<Self, HeaderSetError> {
        self.renamed_at_once(&[(from, to)])
    }

    /// Renames several rows at once, so that two names can be exchanged.
    pub(crate) fn renamed_at_once<N: AsRef<str>>(
        self,
        names: &[(N, N)],
    ) -> Result<Self, HeaderSetError> {
        let mut at = Vec::new();
        for (from, _) in names {
            let index = position(&self.entries, from.as_ref())?;
            if at.contains(&index) {
                return Err(HeaderSetError::new(from.as_ref(), HeaderSetErrorKind::Twice));
            }
            at.push(index);
        }
        let is_kept = |(index, _): &(usize, &Entry)| !at.contains(index);
        let kept = self.entries.iter().enumerate().filter(is_kept);
        let mut taken: Vec<Entry> = kept.map(|(_, entry)| entry.clone()).collect();
        let mut entries = self.entries.to_vec();
        for ((_, to), at) in names.iter().zip(&at) {
            let name = checked_name(to.as_ref(), taken.iter())
                .map_err(|kind| HeaderSetError::new(to.as_ref(), kind))?;
            if let Some(entry) = entries.get_mut(*at) {
                entry.name = name;
                taken.push(entry.clone());
            }
        }
        Ok(self.with_entries(entries))
    }

    /// Adds fixed text before and after one row's value, for readers that expect it: `<CN=John Doe, O=Acme>`. In a row of
    /// [`Field::Fixed`](crate::field::Field::Fixed) this text is the whole value.
    ///
    /// ```
    /// use tls_client_auth::field::{Field, Limits, NameForm};
    /// use tls_client_auth::{ClientCertificate, Dialect, HeaderSet, Verification};
    /// # let der = &include_bytes!("../../tests/fixtures/expired.der")[..];
    ///
    /// let rows = [("X-Principal", Field::Subject(NameForm::Java)), ("X-Auth-Method", Field::Fixed)];
    /// let set = HeaderSet::new("mine", Dialect::OpenSsl, rows)?
    ///     .surrounded("X-Principal", "<", ">")?
    ///     .surrounded("X-Auth-Method", "mtls", "")?;
    /// let lines = set.lines(&ClientCertificate::presented(der, Verification::Success), Limits::new());
    /// assert_eq!(lines.get("X-Principal"), Some("<CN=expired, O=Peers>"));
    /// assert_eq!(lines.get("X-Auth-Method"), Some("mtls"));
    /// # Ok::<(), tls_client_auth::headers::HeaderSetError>(())
    /// ```
    ///
    /// # Errors
    /// The name is not in the set; or a text contains a character outside printable ASCII, or a space at an end of the header's
    /// value. For a row of [`Field::Fixed`] with an empty `after`, that includes the end of `before`.
    pub fn surrounded(
        self,
        header: &str,
        before: &str,
        after: &str,
    ) -> Result<Self, HeaderSetError> {
        let at = position(&self.entries, header)?;
        let printable = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        let mut entries = self.entries.to_vec();
        if let Some(entry) = entries.get_mut(at) {
            // A row of nothing else is as long as its text.
            let value = if entry.field == Field::Fixed { "" } else { "value" };
            let whole = [before, value, after].concat();
            if !printable(before) || !printable(after) || whole.trim_ascii() != whole {
                return Err(HeaderSetError::new(header, HeaderSetErrorKind::Text));
            }
            let texts = [before.into(), after.into()];
            entry.around = (!before.is_empty() || !after.is_empty()).then(|| Arc::new(texts));
        }
        Ok(self.with_entries(entries))
    }
}

/// The position of the row with this name, compared without case and separators.
fn position(entries: &[Entry], name: &str) -> Result<usize, HeaderSetError> {
    let named = |entry: &Entry| is_alike(entry.name.as_str().as_bytes(), name.as_bytes());
    entries.iter().position(named).ok_or_else(|| {
        let known = entries.iter().map(|entry| entry.name.as_str().into()).collect();
        HeaderSetError::new(name, HeaderSetErrorKind::Missing).among(known)
    })
}

/// The name, if it is valid and differs from those of the other rows.
pub(super) fn checked_name<'r>(
    name: &str,
    mut others: impl Iterator<Item = &'r Entry>,
) -> Result<HeaderName, HeaderSetErrorKind> {
    let checked = HeaderName::from_text(name).ok_or(HeaderSetErrorKind::NotAToken)?;
    if is_reserved(name) {
        return Err(HeaderSetErrorKind::Reserved);
    }
    if others.any(|entry| is_alike(entry.name.as_str().as_bytes(), name.as_bytes())) {
        return Err(HeaderSetErrorKind::Twice);
    }
    Ok(checked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{ClientCertificate, Verification};
    use crate::field::{Limits, SerialForm};
    use crate::x509::Dialect;
    use alloc::string::ToString as _;

    #[test]
    fn a_set_is_reduced_to_some_rows() {
        let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
        let (verify, subject) = ("ssl-client-verify", "ssl-client-s-dn");
        let nginx = HeaderSet::nginx;
        let cases = [
            ("with the verdict", nginx().only([verify, subject]), vec![verify, subject], 2),
            ("another spelling", nginx().only(["SSL_CLIENT_VERIFY"]), vec![verify], 1),
            ("without the verdict", nginx().only([subject]), vec![subject], 0),
            (
                "without the verdict, the untrusted included afterwards",
                nginx().only([subject]).map(HeaderSet::including_untrusted),
                vec![subject],
                1,
            ),
            (
                "the untrusted included beforehand",
                HeaderSet::rfc9440().including_untrusted().only(["Client-Cert"]),
                vec!["Client-Cert"],
                1,
            ),
            (
                "half of the verdict",
                HeaderSet::cloudflare_managed().only(["cf-cert-verified"]),
                vec!["cf-cert-verified"],
                0,
            ),
            ("nothing", nginx().only([]), vec![], 0),
        ];
        for (case, set, names, untrusted) in cases {
            let set = set.unwrap();
            assert_eq!(set.rows().map(|(name, _)| name).collect::<Vec<_>>(), names, "{case}");
            let lines = |verification| {
                let client = ClientCertificate::presented(der, verification);
                set.lines(&client, Limits::new()).iter().count()
            };
            assert_eq!(lines(Verification::Success), names.len(), "{case}");
            assert_eq!(lines(Verification::None), untrusted, "{case}");
        }
        for names in [["ssl-client-verfy", subject], [subject, subject]] {
            let error = nginx().only(names).unwrap_err();
            assert_eq!(error.kind(), HeaderSetErrorKind::Missing, "{names:?}");
        }
        assert_eq!(
            HeaderSet::ingress_nginx().only(["ssl-client-verfy"]).unwrap_err().to_string(),
            "header name \"ssl-client-verfy\": is not in this set, did you mean \"ssl-client-verify\"? \
             Known: ssl-client-verify, ssl-client-subject-dn, ssl-client-issuer-dn, ssl-client-cert"
        );
    }

    #[test]
    fn a_fixed_text_with_a_space_at_an_end_of_the_value_is_refused() {
        let cases = [
            ("<", ">", [true, true]),
            ("a", "", [true, true]),
            ("", "", [true, true]),
            ("a ", "", [true, false]),
            ("", " a", [true, false]),
            ("a ", " b", [true, true]),
            (" a", "b", [false, false]),
            ("a", "b ", [false, false]),
            (" ", "", [false, false]),
            ("", " ", [false, false]),
            ("a\t", "b", [false, false]),
            ("a", "\u{e9}", [false, false]),
        ];
        let fields = [Field::Serial(SerialForm::Hex), Field::Fixed];
        for (before, after, expected) in cases {
            for (field, is_accepted) in fields.into_iter().zip(expected) {
                let set = HeaderSet::new("own", Dialect::OpenSsl, [("X-Row", field)]).unwrap();
                let error = set.surrounded("X-Row", before, after).err();
                let refused = (!is_accepted).then_some(HeaderSetErrorKind::Text);
                assert_eq!(error.map(|error| error.kind()), refused, "{before:?} {after:?}");
            }
        }
    }

    #[test]
    fn new_names_are_checked() {
        let cases = [
            ("X-SSL", "x-tls", None),
            ("x_ssl", "X-SSL", None),
            ("X-SSL", "X SSL", Some(HeaderSetErrorKind::NotAToken)),
            ("X-SSL", "Host", Some(HeaderSetErrorKind::Reserved)),
            ("X-SSL", "Set.Cookie", Some(HeaderSetErrorKind::Reserved)),
            ("X-SSL", "x-ssl-issuer", Some(HeaderSetErrorKind::Twice)),
            ("X-TLS", "X-Other", Some(HeaderSetErrorKind::Missing)),
        ];
        for (from, to, refused) in cases {
            let result = HeaderSet::haproxy_manual().renamed(from, to);
            assert_eq!(result.err().map(|error| error.kind()), refused, "{from} to {to}");
        }
    }
}
