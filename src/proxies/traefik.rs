//! Traefik's sets.

use crate::field::{ChainForm, Field};
use crate::headers::HeaderSet;
use crate::receive::{Receiver, Unstated};

const CERTIFICATES: &str = "X-Forwarded-Tls-Client-Cert";
const INFO: &str = "X-Forwarded-Tls-Client-Cert-Info";

impl HeaderSet {
    /// `traefik`: the middleware `passTLSClientCert` of Traefik 3.7 with `pem: true` and everything in `info`.
    ///
    /// | Header | Value |
    /// |---|---|
    /// | `X-Forwarded-Tls-Client-Cert` | each certificate's DER in standard base64 with padding, leaf first, joined by `,`: as since 2.9.4 |
    /// | `X-Forwarded-Tls-Client-Cert-Info` | query-escaped; certificates joined by `,`: `Subject="C=DE,O=Example Corp,CN=client.example";Issuer="…";SerialNumber="4270…";NB="1735787045";NA="2078486055";SAN="client.example,192.0.2.1"` |
    ///
    /// Names hold `DC`, `C`, `ST`, `L`, `O`, `OU`, `SN` (the serialNumber), `CN` in this order and nothing else, an issuer no `OU`; of
    /// several `SN` or `CN` the last; empty ones are left out, and so are empty groups. Dates are seconds since 1970 and wrap around
    /// before that. Alternative names stand in the order DNS, e-mail, IP, URI, their kind lost; an empty one is an empty entry, alone
    /// it is `SAN=""`. URIs are as Go's `URL.String` prints them: `HTTP://UP/a b` is `http://UP/a%20b`, and a `#` with nothing behind it
    /// is dropped. Go reads no extensions of a certificate whose version is not 3.
    ///
    /// Source: what Traefik 3.7.15 sent to an origin, and its source code. No header carries the verdict, so both go out for trusted
    /// certificates only.
    ///
    /// What differs, and why: Traefik escapes nothing inside the quotes, so a client's common name could end its field and add
    /// `;SAN="admin`. Here a `"` is `\22`; a `,` or `;` that a `=` follows before the next one is `\2C` or `\3B`, and so is every `,`
    /// in an alternative name; a `\` before two hex digits is `\5C`. `Acme, Inc.`, `a=b` and `DOMAIN\user` stay as they are.
    /// An alternative name with a control byte is left out, and so is `SerialNumber` over 256 bytes.
    ///
    /// Bare base64 holds `+`: an origin must not decode the first header as a form.
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

    /// `traefik-escaped`: [`traefik`](Self::traefik) as up to 2.9.3, with `%2B`, `%2F` and `%3D` in the base64. The commas between
    /// certificates are bare. Source: Traefik's source code; not observed.
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
    /// Traefik's `passTLSClientCert`: the leaf and the presented chain. Without `pem: true` only serial number and dates are
    /// read, of one certificate, and only where a name can't have written them: Traefik escapes nothing. Say with
    /// [`declares`](Self::declares) which groups this Traefik sends; a name can write those that it does not.
    #[doc(alias(
        "X-Forwarded-Tls-Client-Cert",
        "X-Forwarded-Tls-Client-Cert-Info",
        "passTLSClientCert",
    ))]
    #[must_use]
    pub fn traefik(unstated: Unstated) -> Self {
        Self::from_set(&HeaderSet::traefik(), Some(unstated))
    }
}
