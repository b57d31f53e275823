//! An element of Envoy's `x-forwarded-client-cert`.

mod element;
mod json;
mod read;
mod text;

use alloc::string::String;
use alloc::vec::Vec;

pub(super) use element::KEYS;
pub(crate) use read::elements;
pub(super) use read::read;

use super::{
    CertificateForm, ChainForm, Facts, Field, SanKind, UrlForm, Written, alternative_names,
};
use crate::encoding;
use crate::x509::{Certificate, Dialect, Name};

/// The keys of an `x-forwarded-client-cert` element, and its format: text or JSON.
///
/// `Hash` is always present, as in Envoy. The order of the keys is Envoy's.
///
/// ```
/// use tls_client_auth::{ClientCertificate, HeaderSet, Verification};
/// use tls_client_auth::field::{Limits, Xfcc};
/// # let der = &include_bytes!("../../../tests/fixtures/san_spiffe.der")[..];
///
/// let set = HeaderSet::envoy_with(Xfcc::new().subject().uri()).by(["spiffe://example.org/proxy"])?;
/// let client = ClientCertificate::presented(der, Verification::Success);
/// assert_eq!(
///     set.lines(&client, Limits::new()).get("x-forwarded-client-cert"),
///     Some("By=spiffe://example.org/proxy;Hash=700f29cb58fa2745d1d15f33f7b543343d577eb0f28ef6dd04f720418c03e0af;Subject=\"\";URI=spiffe://example.org/ns/default/sa/web")
/// );
///
/// let value = |xfcc| HeaderSet::envoy_with(xfcc).lines(&client, Limits::new()).get("x-forwarded-client-cert").map(str::to_owned);
/// let certificates = value(Xfcc::new().cert().chain()).unwrap();
/// assert!(certificates.contains(r#";Cert="-----BEGIN%20CERTIFICATE-----%0AMIIBnjCC"#) && certificates.contains(";Chain="));
/// assert_eq!(
///     value(Xfcc::new().uri().dns().issuer().json()).unwrap(),
///     r#"[{"hash":"700f29cb58fa2745d1d15f33f7b543343d577eb0f28ef6dd04f720418c03e0af","uri":["spiffe://example.org/ns/default/sa/web"],"issuer":"CN=Peers Root CA,O=Peers Test,C=DE"}]"#
/// );
/// # Ok::<(), tls_client_auth::headers::HeaderSetError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Xfcc {
    pub(super) cert: bool,
    pub(super) chain: bool,
    pub(super) subject: bool,
    pub(super) uri: bool,
    pub(super) dns: bool,
    pub(super) issuer: bool,
    pub(super) json: bool,
}

impl Xfcc {
    /// Creates an element with `Hash` only, as Envoy sends without `set_current_client_cert_details`.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            cert: false,
            chain: false,
            subject: false,
            uri: false,
            dns: false,
            issuer: false,
            json: false,
        }
    }

    /// Adds `Cert`: the leaf as percent-encoded PEM, `Cert="-----BEGIN%20CERTIFICATE-----%0AMIIB…"`.
    #[must_use]
    pub const fn cert(mut self) -> Self {
        self.cert = true;
        self
    }

    /// Adds `Chain`: the leaf and the certificates after it as concatenated percent-encoded PEM, in the form of [`cert`](Self::cert).
    #[must_use]
    pub const fn chain(mut self) -> Self {
        self.chain = true;
        self
    }

    /// Adds `Subject`: the subject's name in RFC 2253's form, `Subject="CN=client.example,O=Acme"`.
    #[must_use]
    pub const fn subject(mut self) -> Self {
        self.subject = true;
        self
    }

    /// Adds `URI`: every URI of the subject alternative names, `URI=spiffe://example.org/a;URI=spiffe://example.org/b`; `URI=` if there are
    /// none.
    #[must_use]
    pub const fn uri(mut self) -> Self {
        self.uri = true;
        self
    }

    /// Adds `DNS`: every DNS name of the subject alternative names, `DNS=a.example;DNS=b.example`.
    #[must_use]
    pub const fn dns(mut self) -> Self {
        self.dns = true;
        self
    }

    /// Adds `Issuer`: the issuer's name in RFC 2253's form, `Issuer="CN=Example CA"`. New in Envoy 1.40.
    #[must_use]
    pub const fn issuer(mut self) -> Self {
        self.issuer = true;
        self
    }

    /// Writes the element as JSON, as Envoy does since 1.38 with `format: JSON`.
    #[must_use]
    pub const fn json(mut self) -> Self {
        self.json = true;
        self
    }

    /// Elements with fewer certificates, the largest first, for an element over its limit.
    fn smaller(self) -> impl Iterator<Item = Self> {
        let without_chain = (self.chain && self.cert).then_some(Self { chain: false, ..self });
        let without_any =
            (self.chain || self.cert).then_some(Self { chain: false, cert: false, ..self });
        without_chain.into_iter().chain(without_any)
    }

    /// The number of copies of the leaf and of the chain.
    pub(super) const fn copies(self) -> (usize, usize) {
        match (self.cert, self.chain) {
            (true, true) => (2, 1),
            (false, true) => (1, 1),
            (true, false) => (1, 0),
            (false, false) => (0, 0),
        }
    }
}

impl<'c> Facts<'c> {
    /// Appends one element with as many certificates as fit; the other keys are kept.
    #[inline(never)]
    pub(super) fn write_what_fits(
        &self,
        xfcc: Xfcc,
        dialect: Dialect,
        out: &mut Vec<u8>,
    ) -> Written {
        let mut written = self.write_inline(Field::Xfcc(xfcc), dialect, out);
        for smaller in xfcc.smaller() {
            if written != Written::TooLarge {
                break;
            }
            written = match self.write_inline(Field::Xfcc(smaller), dialect, out) {
                Written::Value => Written::Part,
                written => written,
            };
        }
        written
    }

    /// Appends one element. A name that cannot be parsed leaves out its key only.
    pub(super) fn write_xfcc(&self, xfcc: Xfcc, dialect: Dialect, out: &mut Vec<u8>) -> Option<()> {
        let mut hash = Vec::new();
        encoding::hex_lower(&self.sha256?, &mut hash);
        let leaf = self.client.leaf();
        if xfcc.json {
            self.write_json(xfcc, &hash, leaf, dialect, out);
        } else {
            self.write_text(xfcc, &hash, leaf, dialect, out);
        }
        Some(())
    }

    fn write_text(
        &self,
        xfcc: Xfcc,
        hash: &[u8],
        leaf: Option<&[u8]>,
        dialect: Dialect,
        out: &mut Vec<u8>,
    ) {
        for identity in self.by {
            out.extend_from_slice(b"By=");
            quote(identity, out);
            out.push(b';');
        }
        out.extend_from_slice(b"Hash=");
        out.extend_from_slice(hash);
        if xfcc.cert
            && let Some(leaf) = leaf
        {
            out.extend_from_slice(b";Cert=\"");
            CertificateForm::EscapedPem(UrlForm::Envoy).write(leaf, out);
            out.push(b'"');
        }
        if xfcc.chain && leaf.is_some() {
            out.extend_from_slice(b";Chain=\"");
            ChainForm::EscapedPem(UrlForm::Envoy).write(self.all_certificates(), out);
            out.push(b'"');
        }
        // RFC 2253 has escaped quotes and backslashes already.
        let name = |key: &[u8], name: Option<Vec<u8>>, out: &mut Vec<u8>| {
            if let Some(name) = name {
                out.extend_from_slice(key);
                out.extend_from_slice(&name);
                out.push(b'"');
            }
        };
        name(b";Subject=\"", self.printed(xfcc.subject, Certificate::subject, dialect), out);
        if xfcc.uri && self.certificate.is_some() {
            let mut uris = self.names(SanKind::Uri).peekable();
            if uris.peek().is_none() {
                out.extend_from_slice(b";URI=");
            }
            for uri in uris {
                out.extend_from_slice(b";URI=");
                quote(uri, out);
            }
        }
        if xfcc.dns {
            for name in self.names(SanKind::Dns) {
                out.extend_from_slice(b";DNS=");
                quote(name, out);
            }
        }
        name(b";Issuer=\"", self.printed(xfcc.issuer, Certificate::issuer, dialect), out);
    }

    fn write_json(
        &self,
        xfcc: Xfcc,
        hash: &[u8],
        leaf: Option<&[u8]>,
        dialect: Dialect,
        out: &mut Vec<u8>,
    ) {
        out.extend_from_slice(b"[{");
        if !self.by.is_empty() {
            out.extend_from_slice(b"\"by\":");
            json_list(self.by.iter().map(String::as_bytes), out);
            out.push(b',');
        }
        out.extend_from_slice(b"\"hash\":");
        json_string(hash, out);
        if xfcc.cert
            && let Some(leaf) = leaf
        {
            out.extend_from_slice(b",\"cert\":\"");
            pem_in_json(leaf, out);
            out.push(b'"');
        }
        if xfcc.chain && leaf.is_some() {
            out.extend_from_slice(b",\"chain\":[");
            let quoted = |der: &[u8], out: &mut Vec<u8>| {
                out.push(b'"');
                pem_in_json(der, out);
                out.push(b'"');
            };
            encoding::list(self.all_certificates(), b",", quoted, out);
            out.push(b']');
        }
        // Empty members are left out.
        let name = |key: &[u8], name: Option<Vec<u8>>, out: &mut Vec<u8>| {
            if let Some(name) = name.filter(|name| !name.is_empty()) {
                out.extend_from_slice(key);
                json_string(&name, out);
            }
        };
        name(b",\"subject\":", self.printed(xfcc.subject, Certificate::subject, dialect), out);
        for (wanted, key, kind) in
            [(xfcc.uri, ",\"uri\":", SanKind::Uri), (xfcc.dns, ",\"dns\":", SanKind::Dns)]
        {
            let mut names = self.names(kind).map(str::as_bytes).peekable();
            if wanted && names.peek().is_some() {
                out.extend_from_slice(key.as_bytes());
                json_list(names, out);
            }
        }
        name(b",\"issuer\":", self.printed(xfcc.issuer, Certificate::issuer, dialect), out);
        out.extend_from_slice(b"}]");
    }

    fn names(&self, kind: SanKind) -> impl Iterator<Item = &str> {
        self.certificate
            .into_iter()
            .flat_map(move |certificate| alternative_names::raw(certificate, kind))
    }

    /// A name in RFC 2253's form, if it is selected and valid.
    fn printed(
        &self,
        is_wanted: bool,
        name: fn(&Certificate<'c>) -> Name<'c>,
        dialect: Dialect,
    ) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        name(self.certificate.filter(|_| is_wanted)?).write_rfc2253(dialect, &mut text)?;
        Some(text)
    }
}

/// Envoy does not quote values, although its documentation says that values with `,`, `;` or `=` are quoted. Here a value is quoted
/// if a character would end it; a `=` does not, because the first one ends the key.
fn quote(value: &str, out: &mut Vec<u8>) {
    let ends = |byte: u8| matches!(byte, b',' | b';' | b'"' | b'\\');
    if !value.bytes().any(ends) && value.trim_ascii().len() == value.len() {
        out.extend_from_slice(value.as_bytes());
        return;
    }
    json_string(value.as_bytes(), out);
}

/// Writes `"…"` with `\"` and `\\`, which is enough for printable ASCII in JSON too.
fn json_string(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in text {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    out.push(b'"');
}

fn json_list<'t>(texts: impl Iterator<Item = &'t [u8]>, out: &mut Vec<u8>) {
    out.push(b'[');
    encoding::list(texts, b",", json_string, out);
    out.push(b']');
}

/// Writes PEM inside a JSON string.
fn pem_in_json(der: &[u8], out: &mut Vec<u8>) {
    encoding::pem(der, |piece| match piece {
        b"\n" => out.extend_from_slice(b"\\n"),
        piece => out.extend_from_slice(piece),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Limits;
    use crate::{ClientCertificate, HeaderSet, Verification};

    #[test]
    fn each_key_alone() {
        const LEAF: &[u8] = include_bytes!("../../../tests/fixtures/plain.der");
        let pem = |der: &[u8]| {
            let mut out = Vec::new();
            CertificateForm::EscapedPem(UrlForm::Envoy).write(der, &mut out);
            String::from_utf8(out).unwrap()
        };
        let cases = [
            (Xfcc::new(), String::new()),
            (Xfcc::new().cert(), alloc::format!(";Cert=\"{}\"", pem(LEAF))),
            (Xfcc::new().chain(), alloc::format!(";Chain=\"{0}{0}\"", pem(LEAF))),
            (
                Xfcc::new().cert().chain(),
                alloc::format!(";Cert=\"{0}\";Chain=\"{0}{0}\"", pem(LEAF)),
            ),
            (Xfcc::new().issuer(), ";Issuer=\"CN=Peers Root CA,O=Peers Test,C=DE\"".into()),
            (Xfcc::new().uri(), ";URI=".into()),
            (Xfcc::new().dns(), ";DNS=client.example".into()),
        ];
        let client = ClientCertificate::presented(LEAF, Verification::Success).chain([LEAF]);
        for (xfcc, expected) in cases {
            let lines = HeaderSet::envoy_with(xfcc).lines(&client, Limits::new());
            let value = lines.get("x-forwarded-client-cert").unwrap();
            let (hash, rest) = value.split_at("Hash=".len() + 64);
            assert!(hash.starts_with("Hash=73c94b97"), "{hash}");
            assert_eq!(rest, expected, "{xfcc:?}");
        }
    }

    #[test]
    fn values_that_would_end_early_are_quoted() {
        let cases = [
            ("spiffe://example.org/a", "spiffe://example.org/a"),
            ("https://example.org/?a=b", "https://example.org/?a=b"),
            ("not a uri", "not a uri"),
            (" lead", "\" lead\""),
            ("spiffe://a/b;URI=spiffe://evil,By=x", r#""spiffe://a/b;URI=spiffe://evil,By=x""#),
            ("a,b", r#""a,b""#),
            (r#"a"b"#, r#""a\"b""#),
            (r"a\", r#""a\\""#),
        ];
        for (value, expected) in cases {
            let mut out = Vec::new();
            quote(value, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{value}");
        }
    }
}
