//! Traefik's sets.

use crate::field::{ChainForm, Field};
use crate::headers::HeaderSet;
use crate::receive::{Receiver, Unstated};

const CERTIFICATES: &str = "X-Forwarded-Tls-Client-Cert";
const INFO: &str = "X-Forwarded-Tls-Client-Cert-Info";

impl HeaderSet {
    /// `traefik`: the headers of the middleware `passTLSClientCert` of Traefik 3.7, with `pem: true` and all of `info`.
    ///
    /// | Header | Value |
    /// |---|---|
    /// | `X-Forwarded-Tls-Client-Cert` | each certificate's DER in standard base64 with padding, leaf first, joined by `,`: as since 2.9.4 |
    /// | `X-Forwarded-Tls-Client-Cert-Info` | query-escaped; certificates joined by `,`: `Subject="C=DE,O=Example Corp,CN=client.example";Issuer="…";SerialNumber="4270…";NB="1735787045";NA="2078486055";SAN="client.example,192.0.2.1"` |
    ///
    /// Names consist of `DC`, `C`, `ST`, `L`, `O`, `OU`, `SN` (the serialNumber) and `CN` in this order, issuers' without `OU`. Only the
    /// last of several `SN` or `CN` is written. Empty attributes and groups are left out. Dates are seconds since 1970 and wrap around
    /// before that. Alternative names are in the order DNS, e-mail, IP, URI, without their kind; an empty one is an empty entry, or
    /// `SAN=""` alone. URIs are as Go's `URL.String` prints them: `HTTP://UP/a b` is `http://UP/a%20b`, and a trailing `#` is dropped.
    /// Go parses no extensions of a certificate with a version other than 3.
    ///
    /// Source: observed with Traefik 3.7.15, and its source code. The headers have no verdict, so they are sent for trusted clients only.
    ///
    /// Differences: Traefik escapes nothing inside the quotes, so a client's common name could end its field and add `;SAN="admin`. Here
    /// a `"` is written as `\22`; a `,` or `;` with a `=` before the next one as `\2C` or `\3B`, and so is every `,` in an alternative
    /// name; a `\` before two hex digits as `\5C`. `Acme, Inc.`, `a=b` and `DOMAIN\user` are unchanged. An alternative name with a
    /// control byte and a `SerialNumber` over 256 bytes are left out.
    ///
    /// Base64 contains `+`: an origin must not decode the first header as a form.
    ///
    /// [`Receiver::traefik`](crate::Receiver::traefik) parses it.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// let lines = HeaderSet::traefik().lines(&client, Limits::new());
    /// assert!(lines.get("X-Forwarded-Tls-Client-Cert").is_some_and(|value| value.starts_with("MIIB7jCC")));
    /// assert!(lines.get("X-Forwarded-Tls-Client-Cert-Info").is_some_and(|value| value.starts_with("Subject%3D%22C%3DDE")));
    /// ```
    #[doc(alias(
        "X-Forwarded-Tls-Client-Cert",
        "X-Forwarded-Tls-Client-Cert-Info",
        "passTLSClientCert",
    ))]
    #[must_use]
    pub fn traefik() -> Self {
        Self::from_table(
            "traefik",
            &[
                (CERTIFICATES, Field::LeafAndChain(ChainForm::CommaBase64)),
                (INFO, Field::TraefikInfo),
            ],
        )
    }

    /// `traefik-escaped`: [`traefik`](Self::traefik) as up to version 2.9.3, with `%2B`, `%2F` and `%3D` in the base64. The commas between
    /// certificates are not encoded. Source: Traefik's source code; not observed.
    ///
    /// ```
    /// use tls_client_auth::field::Limits;
    /// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    ///
    /// let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// let lines = HeaderSet::traefik_escaped().lines(&client, Limits::new());
    /// assert!(lines.get("X-Forwarded-Tls-Client-Cert").is_some_and(|value| value.starts_with("MIIB7jCC")));
    /// ```
    #[must_use]
    pub fn traefik_escaped() -> Self {
        Self::from_table(
            "traefik-escaped",
            &[
                (CERTIFICATES, Field::LeafAndChain(ChainForm::EscapedCommaBase64)),
                (INFO, Field::TraefikInfo),
            ],
        )
    }
}

impl Receiver {
    /// Reads the headers of Traefik's `passTLSClientCert`: the leaf and the presented chain. Without `pem: true` only the serial number
    /// and the dates of one certificate are read, and only if no name can have produced them, because Traefik escapes nothing. Declare
    /// the groups that your Traefik sends with [`declares`](Self::declares); a name can produce the others.
    ///
    /// The headers are those of [`HeaderSet::traefik`](crate::HeaderSet::traefik).
    ///
    /// ```
    /// use tls_client_auth::{Receiver, Unstated};
    /// # use tls_client_auth::{ClientCertificate, HeaderSet, Verification, field::Limits};
    /// # let der = include_bytes!("../../tests/fixtures/plain.der");
    /// # let client = ClientCertificate::presented(&der[..], Verification::Success);
    /// # let lines = HeaderSet::traefik().lines(&client, Limits::new());
    /// # let value = lines.get("X-Forwarded-Tls-Client-Cert").unwrap();
    ///
    /// // `value` is `MIIB7jCC…`.
    /// let auth = Receiver::traefik(Unstated::Verified).receive(&[("X-Forwarded-Tls-Client-Cert", value)])?;
    /// assert!(auth.is_trusted());
    /// assert_eq!(auth.cert_serial(), "5A7001B17B539286C891");
    /// # Ok::<(), tls_client_auth::receive::ReceiveError>(())
    /// ```
    #[must_use]
    pub fn traefik(unstated: Unstated) -> Self {
        Self::from_set(&HeaderSet::traefik(), Some(unstated))
    }
}
