//! Envoy's set.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::field::{Field, Xfcc};
use crate::headers::name::X_FORWARDED_CLIENT_CERT;
use crate::headers::{Entry, HeaderSet, HeaderSetError, HeaderSetErrorKind};
use crate::receive::{Receiver, Unstated};
use crate::x509::Dialect;

impl HeaderSet {
    /// `envoy`: `x-forwarded-client-cert` of Envoy 1.40 with every detail, in the text format.
    ///
    /// | Key | Value | Example |
    /// |---|---|---|
    /// | `By` | the proxy's own URIs: see [`by`](Self::by) | `By=spiffe://example.org/proxy` |
    /// | `Hash` | SHA-256 of the certificate in lower-case hex | `Hash=73c94b97…` |
    /// | `Cert` | percent-encoded PEM | `Cert="-----BEGIN%20CERTIFICATE-----%0AMIIB…%0A"` |
    /// | `Chain` | the same for all certificates, leaf first | `Chain="…"` |
    /// | `Subject` | RFC 2253 in BoringSSL's form; `""` if it is empty | `Subject="CN=client.example,C=DE"` |
    /// | `URI` | each URI of the alternative names; empty if there are none | `URI=spiffe://example.org/client` |
    /// | `DNS` | each DNS name | `DNS=client.example` |
    ///
    /// `Cert` and `Chain` both contain the leaf. If the value exceeds [`Limits::other_sets`](crate::field::Limits::other_sets), 64 KiB, it
    /// is sent without `Chain`, then without `Cert` too, and reported. [`envoy_with`](Self::envoy_with) selects other keys. Elements of
    /// several proxies are joined by `,`: see [`XfccMode`](crate::connection::XfccMode).
    ///
    /// Source: observed with Envoy 1.40.0 (`SANITIZE_SET`), and its documentation. The header has no verdict, so it is sent for trusted
    /// clients only; Envoy sends it for every certificate that its listener accepts.
    ///
    /// Differences: Envoy does not escape URIs and DNS names, so a URI `spiffe://a;URI=spiffe://b,By=c` adds a key and an element. Here a
    /// value with `,`, `;`, `"` or `\` is quoted as in Envoy's documentation, with `\"` and `\\` inside. A value with a byte outside
    /// printable ASCII is left out; Envoy answers 503 for CR, LF and NUL and does not escape the others.
    ///
    /// [`Receiver::envoy`](crate::Receiver::envoy) parses it.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// let lines = HeaderSet::envoy().lines(&client, Limits::new());
    /// assert!(lines.get("x-forwarded-client-cert").is_some_and(|value| value.starts_with("Hash=73c94b97")));
    /// ```
    #[doc(alias("x-forwarded-client-cert", "XFCC", "Istio", "Contour"))]
    #[must_use]
    pub fn envoy() -> Self {
        Self::xfcc("envoy", Xfcc::new().cert().chain().subject().uri().dns())
    }

    /// `envoy-json`: [`envoy`](Self::envoy) as Envoy 1.40 writes it with
    /// `set_current_client_cert_details.format: JSON`.
    ///
    /// `[{"by":["…"],"hash":"…","cert":"-----BEGIN CERTIFICATE-----\n…","chain":["…"],"subject":"…","uri":["…"],"dns":["…"]}]`
    ///
    /// A member without a value is left out; an empty name is an entry, `""`. Observed with Envoy 1.40.0.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// let lines = HeaderSet::envoy_json().lines(&client, Limits::new());
    /// assert!(lines.get("x-forwarded-client-cert").is_some_and(|value| value.starts_with("[{\"hash\":\"73c94b97")));
    /// ```
    #[must_use]
    pub fn envoy_json() -> Self {
        Self::xfcc("envoy-json", Xfcc::new().cert().chain().subject().uri().dns().json())
    }

    /// `envoy` with these keys. `Issuer` is the last key; its position in Envoy's header was not observed.
    ///
    /// ```
    /// use tls_client_auth::HeaderSet;
    /// use tls_client_auth::field::Xfcc;
    /// # use tls_client_auth::{ClientCertificate, Verification, field::Limits};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    /// # let client = ClientCertificate::presented(&der[..], Verification::Success);
    ///
    /// let set = HeaderSet::envoy_with(Xfcc::new().subject().dns()).by(["spiffe://example.org/proxy"])?;
    /// let lines = set.lines(&client, Limits::new());
    /// assert_eq!(
    ///     lines.get("x-forwarded-client-cert").unwrap(),
    ///     "By=spiffe://example.org/proxy;Hash=73c94b97c9f215f77ecd6085723216029697fa3b29d2ecd62fb9186db77844aa;\
    ///      Subject=\"CN=client.example,OU=Ops,O=Example Corp,L=Weiden,ST=Bayern,C=DE\";DNS=client.example"
    /// );
    /// # Ok::<(), tls_client_auth::headers::HeaderSetError>(())
    /// ```
    #[must_use]
    pub fn envoy_with(xfcc: Xfcc) -> Self {
        Self::xfcc("envoy", xfcc)
    }

    fn xfcc(name: &str, xfcc: Xfcc) -> Self {
        Self::from_table(name, &[(X_FORWARDED_CLIENT_CERT, Field::Xfcc(xfcc))])
            .with_dialect(Dialect::BoringSsl)
    }

    /// Sets the proxy's own identities for `By`: the URIs of its certificate's subject alternative names, such as
    /// `spiffe://example.org/proxy`.
    ///
    /// Sets without [`Field::Xfcc`] do not send them.
    ///
    /// ```
    /// use tls_client_auth::field::{Limits, Xfcc};
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    ///
    /// let set = HeaderSet::envoy_with(Xfcc::new()).by(["spiffe://example.org/proxy"])?;
    /// let client = ClientCertificate::known_by_sha256([0xab; 32], Verification::Success);
    /// let value = format!("By=spiffe://example.org/proxy;Hash={}", "ab".repeat(32));
    /// assert_eq!(set.lines(&client, Limits::new()).get("x-forwarded-client-cert"), Some(&*value));
    /// # Ok::<(), tls_client_auth::headers::HeaderSetError>(())
    /// ```
    ///
    /// # Errors
    /// An identity is empty, or contains a space or a character outside printable ASCII.
    pub fn by<I: Into<String>>(
        self,
        identities: impl IntoIterator<Item = I>,
    ) -> Result<Self, HeaderSetError> {
        let identities: Vec<String> = identities.into_iter().map(Into::into).collect();
        for identity in &identities {
            if identity.is_empty() || !identity.bytes().all(|byte| byte.is_ascii_graphic()) {
                let kind = HeaderSetErrorKind::Identity;
                return Err(HeaderSetError::new(identity, kind));
            }
        }
        let by: Arc<[String]> = identities.into();
        Ok(self.map(|entry| Entry { by: Arc::clone(&by), ..entry }))
    }
}

impl Receiver {
    /// Reads Envoy's `x-forwarded-client-cert` with one element, as text or JSON, from an Envoy, Istio or Contour that replaces the
    /// header (`SANITIZE_SET`). Envoy sends it for every certificate that its listener accepts.
    ///
    /// Envoy does not escape the names of a certificate (`URI`, `DNS`). Declare the keys that your Envoy sends with
    /// [`declares`](Self::declares). Keys are parsed only in Envoy's order and before the names; a name is used only if it is the only
    /// one and cannot be two. With `Cert` the names are not used at all. More than one element is an error: either Envoy appends to the
    /// client's header, or a name looks like an element.
    ///
    /// HTTP/1.1 removes a space at the end of a header, so a client's URI `spiffe://a ` arrives as `spiffe://a`. If the CA does not
    /// reject such names, let Envoy send `Cert`.
    ///
    /// ```
    /// use tls_client_auth::{Receiver, Unstated};
    /// use tls_client_auth::receive::ReceiveErrorKind;
    /// # let hash = "73c94b97c9f215f77ecd6085723216029697fa3b29d2ecd62fb9186db77844aa";
    ///
    /// let receiver = Receiver::envoy(Unstated::Verified);
    /// let named = format!("Hash={hash};URI=spiffe://a;Subject=\"CN=admin\"");
    /// assert_eq!(receiver.receive(&[("x-forwarded-client-cert", named)])?.cert_subject_dn(), "");
    /// let two = format!("Hash={hash};URI=spiffe://a,By=x;Hash={hash};URI=spiffe://b");
    /// let error = receiver.receive(&[("x-forwarded-client-cert", two)]).unwrap_err();
    /// assert_eq!(error.kind(), ReceiveErrorKind::Ambiguous);
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    ///
    /// The headers are those of [`HeaderSet::envoy`](crate::HeaderSet::envoy).
    #[must_use]
    pub fn envoy(unstated: Unstated) -> Self {
        Self::from_set(&HeaderSet::envoy(), Some(unstated))
    }

    /// Reads the last element of the list to which Envoy appends (`APPEND_FORWARD`). **A client that can choose a name in its certificate
    /// can forge this whole element**: a URI `x,By=y;Hash=…;Subject="CN=admin"` looks like the nearest hop's, and nothing distinguishes
    /// them.
    ///
    /// Use it only if the CA of the listener before this origin issues no URI or DNS name with a comma. Otherwise let that Envoy replace
    /// the header, and use [`envoy`](Self::envoy). The other rules of `envoy` apply here too.
    ///
    /// ```
    /// use tls_client_auth::{Receiver, Unstated};
    ///
    /// let hash = "73c94b97c9f215f77ecd6085723216029697fa3b29d2ecd62fb9186db77844aa";
    /// let header = format!("Hash={};Subject=\"CN=earlier\",Hash={hash};Subject=\"CN=client.example\"", "0".repeat(64));
    /// let auth = Receiver::envoy_appended(Unstated::Verified).receive(&[("x-forwarded-client-cert", header)])?;
    /// assert_eq!(auth.cert_fingerprint_sha256(), hash);
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn envoy_appended(unstated: Unstated) -> Self {
        Self::envoy(unstated).appended()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;

    #[test]
    fn identities_are_one_word_of_printable_ascii() {
        assert!(HeaderSet::envoy().by(["spiffe://example.org/proxy", "urn:a,b;c=\"d"]).is_ok());
        for identity in ["", "spiffe://example.org/a b", "a\r\nx: 1", "spiffe://bücher.example"] {
            let error = HeaderSet::envoy().by(["spiffe://a", identity]).unwrap_err();
            let said =
                alloc::format!("identity {identity:?}: is not printable ASCII without spaces");
            assert_eq!(error.to_string(), said);
        }
    }
}
