//! The record as one log line in printable ASCII.

use core::fmt::{self, Write as _};

use crate::client::{Verification, VerifyError};
use crate::record::TlsClientAuth;

/// The longest value that is written, in characters. Common names and serial numbers are far shorter.
const LONGEST: usize = 1024;

/// Prints one line for a log: `verdict="SUCCESS" sha256=73c94b97… serial=5A70… subject="CN=client.example,OU=Ops,O=Example Corp,L=Weiden,ST=Bayern,C=DE"`.
///
/// - `verdict` is `SUCCESS`, `NONE` or `FAILED:` and the reason; `FAILED:certificate revoked` for a revoked certificate.
/// - `sha256` is lower-case hex, or `sha1` if only that is known; `serial` is upper-case hex.
/// - `subject` is the RFC 2253 form. Its quotes are escaped (`\"`), so that no name can end it and add a field.
/// - Unknown values are left out. A value of more than 1,024 characters is replaced by its length: `subject-length=5000`.
///
/// The line is printable ASCII for every certificate: it has no line breaks and no terminal escapes.
///
/// ```
/// use tls_client_auth::client::VerifyError;
/// use tls_client_auth::{ClientCertificate, TlsClientAuth};
/// # let der = &include_bytes!("../../tests/fixtures/expired.der")[..];
///
/// let auth = TlsClientAuth::new(&ClientCertificate::presented(der, VerifyError::CertHasExpired.into()));
/// assert_eq!(auth.to_string(), r#"verdict="FAILED:certificate has expired" sha256=67da03cfe30667b724eee9830ef35b099f0c25e101afd3f8d7520f5a537dfe18 serial=5A26837DFC5F19029B52 subject="CN=expired,O=Peers""#);
/// let nobody = TlsClientAuth::new(&ClientCertificate::none());
/// assert_eq!(nobody.to_string(), r#"verdict="NONE""#);
/// ```
impl fmt::Display for TlsClientAuth {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let revoked = self.is_revoked() && *self.verification() == Verification::Success;
        let verdict = match revoked {
            true => Verification::from(VerifyError::CertRevoked)
                .text(self.client_certificate().printed_as()),
            false => self.cert_verified().into(),
        };
        write_value(formatter, "verdict", &verdict, true)?;
        let digest = match self.cert_fingerprint_sha256() {
            "" => ("sha1", self.cert_fingerprint_sha1()),
            sha256 => ("sha256", sha256),
        };
        let fields = [
            (digest, false),
            (("serial", self.cert_serial()), false),
            (("subject", self.cert_subject_dn()), true),
        ];
        for ((key, value), is_quoted) in fields {
            if !value.is_empty() {
                formatter.write_char(' ')?;
                write_value(formatter, key, value, is_quoted)?;
            }
        }
        Ok(())
    }
}

/// Writes `key=value`, or `key="value"` in which every quote is escaped by a backslash and no backslash is the last. Existing escapes
/// of a printed name are kept.
fn write_value(
    formatter: &mut fmt::Formatter<'_>,
    key: &str,
    value: &str,
    is_quoted: bool,
) -> fmt::Result {
    if value.len() > LONGEST {
        return write!(formatter, "{key}-length={}", value.len());
    }
    if !is_quoted && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return write!(formatter, "{key}={value}");
    }
    write!(formatter, "{key}=\"")?;
    let mut is_escaped = false;
    for character in value.chars() {
        if character == '"' && !is_escaped {
            formatter.write_char('\\')?;
        }
        is_escaped = character == '\\' && !is_escaped;
        formatter.write_char(if matches!(character, ' '..='~') { character } else { '?' })?;
    }
    formatter.write_str(if is_escaped { "\\\"" } else { "\"" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Reason;
    use crate::{ClientCertificate, Receiver};
    use alloc::string::{String, ToString as _};

    #[test]
    fn a_line_for_every_kind_of_client() {
        let der = &include_bytes!("../../tests/fixtures/revoked.der")[..];
        let rest = concat!(
            " sha256=d7cb47e1e587650416cafa4b86f1fa44285304791255a2527894038559f3e06b",
            r#" serial=5EC0 subject="CN=revoked,O=Peers""#
        );
        let presented = |verification| ClientCertificate::presented(der, verification);
        let by_policy = Reason::other(r#"x" subject="CN=admin\"#);
        let long = Reason::other(&"x".repeat(2000));
        let cases = [
            (presented(Verification::Success), r#"verdict="SUCCESS""#),
            (presented(Verification::None), r#"verdict="NONE""#),
            (
                presented(Verification::Success).revoked(true),
                r#"verdict="FAILED:certificate revoked""#,
            ),
            (
                presented(VerifyError::CertHasExpired.into()).revoked(true),
                r#"verdict="FAILED:certificate has expired""#,
            ),
            (
                presented(Verification::Failed(by_policy)),
                r#"verdict="FAILED:x\" subject=\"CN=admin\\""#,
            ),
            (presented(Verification::Failed(long)), "verdict-length=2007"),
        ];
        for (client, verdict) in cases {
            let line = TlsClientAuth::new(&client).to_string();
            assert_eq!(line, [verdict, rest].concat());
        }
    }

    /// Facts that a proxy stated, with names in any form.
    #[test]
    fn a_name_stays_one_value() {
        let cases = [
            ("CN=a", r#""CN=a""#),
            (r#"CN=a\"b\\"#, r#""CN=a\"b\\""#),
            (r#"CN=a" verdict="SUCCESS"#, r#""CN=a\" verdict=\"SUCCESS""#),
            (r#"CN=a\\" x"#, r#""CN=a\\\" x""#),
            // The receiver restores the space that HTTP removed.
            (r"CN=a\", r#""CN=a\ ""#),
            ("CN=a\u{1b}[31m", r#""CN=a\1B[31m""#),
        ];
        for (subject, expected) in cases {
            let lines = [("ssl-client-verify", "FAILED:path loop"), ("ssl-client-s-dn", subject)];
            let line = Receiver::nginx().receive(&lines).unwrap().to_string();
            assert_eq!(line, [r#"verdict="FAILED:path loop" subject="#, expected].concat());
        }
        let long = "CN=".to_owned() + &"x".repeat(5000);
        let lines = [("ssl-client-verify", "SUCCESS"), ("ssl-client-s-dn", &long)];
        let line: String = Receiver::nginx().receive(&lines).unwrap().to_string();
        assert_eq!(line, r#"verdict="SUCCESS" subject-length=5003"#);
    }
}
