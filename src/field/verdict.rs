//! Forms of the verdict and of Boolean values.

use alloc::vec::Vec;

use super::{Facts, Reading};
use crate::client::{Reason, Verification, VerifyError};
use crate::encoding;
use crate::x509::Dialect;

/// The form of the verdict.
///
/// ```
/// use tls_client_auth::field::{Field, VerdictForm};
/// # use tls_client_auth::field::Limits;
/// # use tls_client_auth::{ClientCertificate, Dialect, HeaderSet, Verification};
/// # let der = include_bytes!("../../tests/fixtures/plain.der");
/// # let value = |field| {
/// #     let client = ClientCertificate::presented(&der[..], Verification::Success);
/// #     let set = HeaderSet::new("one", Dialect::OpenSsl, [("X", field)]).unwrap().including_untrusted();
/// #     set.lines(&client, Limits::new()).get("X").unwrap_or_default().to_owned()
/// # };
///
/// // `value` returns the header value of a field for a test certificate.
/// assert_eq!(value(Field::Verdict(VerdictForm::Text)), "SUCCESS");
/// assert_eq!(value(Field::Verdict(VerdictForm::Code)), "0");
/// assert_eq!(value(Field::Verdict(VerdictForm::Constant)), "X509_V_OK");
/// assert_eq!(value(Field::Verdict(VerdictForm::Word)), "true");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum VerdictForm {
    /// `SUCCESS`, `NONE`, or `FAILED:` and the reason: `FAILED:certificate revoked`. nginx, Apache.
    Text,
    /// The name of OpenSSL's constant: `X509_V_OK`, `X509_V_ERR_CERT_HAS_EXPIRED`; `X509_V_ERR_UNSPECIFIED` if
    /// [`Code`](Self::Code) is `1`. No value without a certificate. HAProxy's converter `x509_v_err_str`.
    Constant,
    /// The library's code: `0`, `10`, `23`. `1` ("unspecified") if the reason has no code, or if the certificate was presented but
    /// not verified. No value without a certificate. HAProxy.
    Code,
    /// `true` and `false`
    Word,
}

/// The form of a Boolean value.
///
/// ```
/// use tls_client_auth::field::{Field, Flag};
/// # use tls_client_auth::field::Limits;
/// # use tls_client_auth::{ClientCertificate, Dialect, HeaderSet, Verification};
/// # let der = include_bytes!("../../tests/fixtures/plain.der");
/// # let value = |field| {
/// #     let client = ClientCertificate::presented(&der[..], Verification::Success);
/// #     let set = HeaderSet::new("one", Dialect::OpenSsl, [("X", field)]).unwrap().including_untrusted();
/// #     set.lines(&client, Limits::new()).get("X").unwrap_or_default().to_owned()
/// # };
///
/// // `value` returns the header value of a field for a test certificate.
/// assert_eq!(value(Field::Presented(Flag::Digit)), "1");
/// assert_eq!(value(Field::Presented(Flag::Word)), "true");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Flag {
    /// `1` and `0`
    Digit,
    /// `true` and `false`
    Word,
}

impl Flag {
    #[inline]
    pub(super) fn write(self, yes: bool, out: &mut Vec<u8>) {
        out.extend_from_slice(match (self, yes) {
            (Self::Digit, true) => b"1",
            (Self::Digit, false) => b"0",
            (Self::Word, true) => b"true",
            (Self::Word, false) => b"false",
        });
    }

    /// Parses the exact form.
    pub(crate) const fn read(self, value: &[u8]) -> Option<bool> {
        match (self, value) {
            (Self::Digit, b"1") | (Self::Word, b"true") => Some(true),
            (Self::Digit, b"0") | (Self::Word, b"false") => Some(false),
            _ => None,
        }
    }

    /// Parses a Boolean that means "verified".
    pub(crate) fn read_outcome(self, value: &[u8]) -> Option<Verification> {
        Some(match self.read(value)? {
            true => Verification::Success,
            false => Verification::Failed(Reason::other("no reason given")),
        })
    }
}

impl VerdictForm {
    /// Parses the exact form; text also in the receiver's own words, and with Apache's `GENEROUS` if the receiver accepts it.
    pub(crate) fn read(
        self,
        value: &[u8],
        reading: &Reading,
        dialect: Dialect,
    ) -> Option<Verification> {
        match self {
            Self::Text => read_text(value, reading),
            Self::Word => Flag::Word.read_outcome(value),
            Self::Constant if value == b"X509_V_OK" => Some(Verification::Success),
            Self::Constant => {
                let name = value.strip_prefix(b"X509_V_ERR_")?;
                let is_constant =
                    |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
                let text = core::str::from_utf8(value).ok()?;
                (!name.is_empty() && name.iter().all(is_constant)).then(|| {
                    VerifyError::from_constant(value)
                        .map_or_else(|| Verification::Failed(Reason::other(text)), Into::into)
                })
            }
            Self::Code if value == b"0" => Some(Verification::Success),
            Self::Code => {
                let number = matches!(value, [b'1'..=b'9', rest @ ..] if rest.iter().all(u8::is_ascii_digit));
                let text = core::str::from_utf8(value).ok().filter(|_| number)?;
                Some(Verification::from_code(text.parse().ok()?, dialect))
            }
        }
    }
}

pub(crate) fn read_text(value: &[u8], reading: &Reading) -> Option<Verification> {
    let text = core::str::from_utf8(value).ok()?;
    match &reading.verdict_words {
        Some(words) if words.iter().any(|word| word == text) => return Some(Verification::Success),
        Some(_) if text == "SUCCESS" => return None,
        _ => {}
    }
    if reading.generous && text == "GENEROUS" {
        return Some(Verification::None);
    }
    let is_printable = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if is_printable { Verification::from_text(text) } else { None }
}

impl Facts<'_> {
    #[inline]
    pub(super) fn write_verdict(
        &self,
        form: VerdictForm,
        dialect: Dialect,
        out: &mut Vec<u8>,
    ) -> Option<()> {
        const REVOKED: Verification = Verification::Failed(Reason::Known(VerifyError::CertRevoked));
        let client = self.client;
        let verification = match client.verification() {
            Verification::Success if client.is_revoked() => &REVOKED,
            verification => verification,
        };
        match form {
            VerdictForm::Text => self.write_outcome(verification, dialect, out),
            VerdictForm::Word => Flag::Word.write(client.is_trusted(), out),
            VerdictForm::Code | VerdictForm::Constant if !client.is_presented() => return None,
            VerdictForm::Constant => match verification {
                Verification::Success => out.extend_from_slice(b"X509_V_OK"),
                Verification::Failed(Reason::Known(error)) if error.code(dialect).is_some() => {
                    error.write_constant(out);
                }
                _ => out.extend_from_slice(b"X509_V_ERR_UNSPECIFIED"),
            },
            VerdictForm::Code => out.extend_from_slice(match verification {
                Verification::Success => b"0",
                Verification::Failed(Reason::Known(error)) => {
                    if let Some(code) = error.code(dialect) {
                        encoding::signed_decimal(code.into(), out);
                        return Some(());
                    }
                    b"1"
                }
                Verification::Failed(Reason::Other(_) | Reason::Unstated) | Verification::None => {
                    b"1"
                }
            }),
        }
        Some(())
    }

    /// Appends the verdict as text. Facts are never sent without it, so a reason that is too long is replaced by one that fits.
    #[inline]
    pub(super) fn write_outcome(
        &self,
        verification: &Verification,
        dialect: Dialect,
        out: &mut Vec<u8>,
    ) {
        const UNSPECIFIED: Verification =
            Verification::Failed(Reason::Known(VerifyError::Unspecified));
        let is_too_long = match verification {
            Verification::Failed(reason @ Reason::Other(_)) => {
                "FAILED:".len().saturating_add(reason.text(dialect).len()) > self.limits.text
            }
            _ => false,
        };
        (if is_too_long { &UNSPECIFIED } else { verification }).write(dialect, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::ClientCertificate;
    use crate::field::text_of as text;
    use crate::field::{Limits, Needs};

    const PLAIN: &[u8] = include_bytes!("../../tests/fixtures/plain.der");

    #[test]
    fn a_verdict_in_each_form() {
        let presented = |verification| ClientCertificate::presented(PLAIN, verification);
        let other = Verification::Failed(Reason::other("denied by policy"));
        let boring_only = Verification::from(VerifyError::NameConstraintsWithoutSans);
        let cases = [
            ("none", ClientCertificate::none(), "NONE", None, "false"),
            ("not verified", presented(Verification::None), "NONE", Some("1"), "false"),
            ("verified", presented(Verification::Success), "SUCCESS", Some("0"), "true"),
            (
                "revoked",
                presented(Verification::Success).revoked(true),
                "FAILED:certificate revoked",
                Some("23"),
                "false",
            ),
            (
                "expired and revoked",
                presented(VerifyError::CertHasExpired.into()).revoked(true),
                "FAILED:certificate has expired",
                Some("10"),
                "false",
            ),
            ("by policy", presented(other), "FAILED:denied by policy", Some("1"), "false"),
            (
                "a reason that only BoringSSL has",
                presented(boring_only),
                "FAILED:Issuer has name constraints but leaf has no SANs",
                Some("1"),
                "false",
            ),
        ];
        for (name, client, words, code, flag) in cases {
            let needs = Needs::NOTHING;
            let leaf = Facts::leaf(&client, Limits::new(), needs);
            let facts = Facts::new(&client, Limits::new(), needs, leaf.as_ref());
            let write = |form| text(|out| facts.write_verdict(form, Dialect::OpenSsl, out));
            assert_eq!(write(VerdictForm::Text).as_deref(), Some(words), "{name}");
            assert_eq!(write(VerdictForm::Code).as_deref(), code, "{name}");
            assert_eq!(write(VerdictForm::Word).as_deref(), Some(flag), "{name}");
        }
    }
}
