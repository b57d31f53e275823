//! Subject alternative names in header values.

use alloc::string::ToString as _;
use alloc::vec::Vec;
use core::net::IpAddr;

use super::stated::{NameKind, Stated};
use super::{ReceiveErrorKind, SanKind, linkerd};
use crate::encoding;
use crate::x509::cursor::{self, Cursor, UTF8_STRING};
use crate::x509::name::{Characters, write_utf8};
use crate::x509::subject_alt_name::tag;
use crate::x509::{SubjectAltName, SubjectAltNames};

/// Google's longest list of names, and its longest distinguished name, in characters.
pub(super) const MAX_TEXT: usize = 512;
/// Google's longest SPIFFE ID, in bytes.
pub(super) const MAX_SPIFFE_ID: usize = 2048;

/// `1.3.6.1.4.1.311.20.2.3`
const USER_PRINCIPAL_NAME: &[u8] = &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x14, 0x02, 0x03];

const CONSTRUCTED_UTF8_STRING: u8 = UTF8_STRING | cursor::CONSTRUCTED;

/// The selection and the form of subject alternative names.
///
/// ```
/// use tls_client_auth::field::{Field, SanKind, SubjectAltNameForm};
/// # use tls_client_auth::field::Limits;
/// # use tls_client_auth::{ClientCertificate, Dialect, HeaderSet, Verification};
/// # let der = include_bytes!("../../tests/fixtures/san_all.der");
/// # let value = |field| {
/// #     let client = ClientCertificate::presented(&der[..], Verification::Success);
/// #     let set = HeaderSet::new("one", Dialect::OpenSsl, [("X", field)]).unwrap().including_untrusted();
/// #     set.lines(&client, Limits::new()).get("X").unwrap_or_default().to_owned()
/// # };
///
/// // `value` returns the header value of a field for a test certificate.
/// let value = |form| value(Field::SubjectAltName(form));
/// assert_eq!(value(SubjectAltNameForm::Email(0)), "joe@example.com");
/// assert_eq!(value(SubjectAltNameForm::Dns(1)), "*.two.example");
/// assert_eq!(value(SubjectAltNameForm::UserPrincipalName(0)), "upn@example.com");
/// assert_eq!(value(SubjectAltNameForm::LinkerdIdentity), "spiffe://example.org/ns/default/sa/web");
/// // The certificate has two URIs.
/// assert_eq!(value(SubjectAltNameForm::SpiffeId), "");
/// assert_eq!(value(SubjectAltNameForm::DnsBase64), "b25lLmV4YW1wbGU=,Ki50d28uZXhhbXBsZQ==");
/// assert!(value(SubjectAltNameForm::UriBase64).ends_with(",aHR0cHM6Ly9leGFtcGxlLm9yZy9pZD9hPWI="));
/// assert_eq!(value(SubjectAltNameForm::List(SanKind::Dns)), "one.example,*.two.example");
/// assert!(value(SubjectAltNameForm::OpenSsl).ends_with(", IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1"));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum SubjectAltNameForm {
    /// One of the `rfc822Name`s, counted from 0: `user@client.example`. Written as Apache does if that is printable ASCII, with
    /// control bytes as `\00`, `\` as `\\`, and a space at an end as `\20`. Bytes over 0x7F, which are invalid in an IA5String, are
    /// read as Latin-1 and written as `\C3\A9`.
    Email(u8),
    /// One of the `dNSName`s in the same form: `client.example`.
    Dns(u8),
    /// One of Microsoft's user principal names (`otherName` 1.3.6.1.4.1.311.20.2.3) in the same form, as UTF-8: `user@client.example`.
    UserPrincipalName(u8),
    /// Linkerd's TLS identity: the first entry that is a SPIFFE ID, or a DNS name without `*` and without a trailing dot, in lower
    /// case: `web.default.serviceaccount.identity.linkerd.cluster.local`, `spiffe://example.org/web`.
    LinkerdIdentity,
    /// `spiffe://example.org/web`: the only URI, if its scheme is `spiffe`, and it has no more than 2048 bytes. Google.
    SpiffeId,
    /// `b25lLmV4YW1wbGU=,dHdvLmV4YW1wbGU=`: all `dNSName`s, each in standard base64 with padding, separated by commas, if the list has no
    /// more than 512 characters. Google.
    DnsBase64,
    /// All URIs in the same form. Google.
    UriBase64,
    /// All names of a kind, separated by commas: `one.example,two.example`. A name with a comma or a space, or with a byte outside
    /// printable ASCII, is left out.
    List(SanKind),
    /// All names of the four kinds as OpenSSL prints the extension: `DNS:one.example, URI:spiffe://example.org/a, email:a@b.example,
    /// IP Address:192.0.2.1`, in the order of the certificate. Names of other kinds, and names that [`List`](Self::List) leaves out,
    /// are left out.
    OpenSsl,
}

impl SubjectAltNameForm {
    pub(super) fn write(self, names: SubjectAltNames<'_>, out: &mut Vec<u8>) -> Option<()> {
        match self {
            Self::Email(index) => {
                let text = names.texts(tag::EMAIL).nth(index.into())?;
                print(text, Characters::Latin1, out)
            }
            Self::Dns(index) => {
                let text = names.texts(tag::DNS).nth(index.into())?;
                print(text, Characters::Latin1, out)
            }
            Self::UserPrincipalName(index) => {
                let text = principals(names).nth(index.into())?;
                print(text, Characters::Utf8, out)
            }
            Self::LinkerdIdentity => linkerd::write(names, out),
            Self::SpiffeId => {
                let id = spiffe_id(names).filter(|id| id.len() <= MAX_SPIFFE_ID)?;
                out.extend_from_slice(id);
                Some(())
            }
            Self::DnsBase64 => list(names, tag::DNS, out),
            Self::UriBase64 => list(names, tag::URI, out),
            Self::List(kind) => comma_list(names, kind, out),
            Self::OpenSsl => openssl_list(names, out),
        }
    }

    /// Whether receivers parse the form: a single name does not give the others, and some lists leave names out.
    pub(super) const fn is_read_back(self) -> bool {
        matches!(self, Self::LinkerdIdentity | Self::SpiffeId | Self::DnsBase64 | Self::UriBase64)
    }

    /// Whether the value is a name as encoded in the certificate: any text is a name, none means absence.
    pub(super) const fn is_bare(self) -> bool {
        matches!(self, Self::LinkerdIdentity | Self::SpiffeId)
    }

    pub(super) fn read(
        self,
        value: &[u8],
        stated: &mut Stated<'_>,
    ) -> Result<(), ReceiveErrorKind> {
        let kind = match self {
            Self::Email(_)
            | Self::Dns(_)
            | Self::UserPrincipalName(_)
            | Self::List(_)
            | Self::OpenSsl => return Ok(()),
            Self::LinkerdIdentity => {
                stated.names.extend(NameKind::Identity.name(value));
                return Ok(());
            }
            Self::SpiffeId => {
                stated.names.extend(NameKind::Uri.name(value));
                return Ok(());
            }
            Self::DnsBase64 => NameKind::Dns,
            Self::UriBase64 => NameKind::Uri,
        };
        let mut name = Vec::new();
        let items = value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        for item in items.filter(|item| !item.is_empty()) {
            encoding::decode_base64_item(item, &mut name).ok_or(ReceiveErrorKind::Malformed)?;
            stated.names.extend(kind.name(&name));
        }
        Ok(())
    }
}

impl<'a> SubjectAltNames<'a> {
    /// The contents of the entries with this tag, valid or not.
    fn texts(self, wanted: u8) -> impl Iterator<Item = &'a [u8]> {
        self.entries().filter(move |(tag, _)| *tag == wanted).map(|(_, contents)| contents)
    }
}

/// Whether no reader of a list can split the name into two.
fn is_one_entry(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',')
}

fn comma_list(names: SubjectAltNames<'_>, kind: SanKind, out: &mut Vec<u8>) -> Option<()> {
    let start = out.len();
    for name in names {
        let text = match (name, kind) {
            (SubjectAltName::Dns(text), SanKind::Dns)
            | (SubjectAltName::Email(text), SanKind::Email)
            | (SubjectAltName::Uri(text), SanKind::Uri) => text.to_string(),
            (SubjectAltName::Ip(address), SanKind::Ip) => address.to_string(),
            _ => continue,
        };
        if is_one_entry(&text) {
            if out.len() > start {
                out.push(b',');
            }
            out.extend_from_slice(text.as_bytes());
        }
    }
    Some(())
}

/// `X509V3_EXT_print` of OpenSSL 3.
fn openssl_list(names: SubjectAltNames<'_>, out: &mut Vec<u8>) -> Option<()> {
    let start = out.len();
    for name in names {
        let (label, text) = match name {
            SubjectAltName::Dns(text) => ("DNS:", text.to_string()),
            SubjectAltName::Email(text) => ("email:", text.to_string()),
            SubjectAltName::Uri(text) => ("URI:", text.to_string()),
            SubjectAltName::Ip(IpAddr::V4(address)) => ("IP Address:", address.to_string()),
            SubjectAltName::Ip(IpAddr::V6(address)) => {
                let groups = address.segments().map(|group| alloc::format!("{group:X}"));
                ("IP Address:", groups.join(":"))
            }
            _ => continue,
        };
        if is_one_entry(&text) {
            if out.len() > start {
                out.extend_from_slice(b", ");
            }
            out.extend_from_slice(label.as_bytes());
            out.extend_from_slice(text.as_bytes());
        }
    }
    Some(())
}

/// The values that are UTF8Strings, up to the first unreadable entry: it might count as one more.
fn principals<'a>(names: SubjectAltNames<'a>) -> impl Iterator<Item = &'a [u8]> {
    let principal = |name| match name {
        SubjectAltName::Other(kind, value) if kind.as_der() == USER_PRINCIPAL_NAME => {
            let mut inside = Cursor::new(value);
            let text = inside.element().ok().filter(|_| inside.is_at_end())?;
            match text.tag() {
                UTF8_STRING => Some(Some(text.contents())),
                CONSTRUCTED_UTF8_STRING => None,
                _ => Some(None),
            }
        }
        SubjectAltName::Unreadable([tag::OTHER, ..]) => None,
        _ => Some(None),
    };
    names.map_while(principal).flatten()
}

/// `ASN1_STRING_print_ex` with control bytes and, other than Apache, bytes over 0x7F escaped.
fn print(text: &[u8], characters: Characters, out: &mut Vec<u8>) -> Option<()> {
    write_utf8(text, characters, |character, _, _| match *character.as_bytes() {
        [b'\\'] => out.extend_from_slice(b"\\\\"),
        [byte @ b' '..=b'~'] => out.push(byte),
        ref bytes => {
            for byte in bytes {
                out.extend_from_slice(&encoding::hex_escape(b'\\', *byte));
            }
        }
    })
}

/// The only URI: a certificate with two is no SVID (X509-SVID §2).
pub(super) fn spiffe_id<'a>(names: SubjectAltNames<'a>) -> Option<&'a [u8]> {
    let mut uris = names.texts(tag::URI);
    let id = uris.next().filter(|id| id.starts_with(b"spiffe://"))?;
    (uris.next().is_none() && id.iter().all(u8::is_ascii_graphic)).then_some(id)
}

/// The length of the DNS names' [`list`].
pub(super) fn dns_list_len(names: SubjectAltNames<'_>) -> usize {
    list_len(names, tag::DNS)
}

/// The length of the URIs' [`list`].
pub(super) fn uri_list_len(names: SubjectAltNames<'_>) -> usize {
    list_len(names, tag::URI)
}

fn list_len(names: SubjectAltNames<'_>, wanted: u8) -> usize {
    let lengths =
        names.texts(wanted).map(|text| encoding::base64_len(text.len()).saturating_add(1));
    lengths.fold(0, usize::saturating_add).saturating_sub(1)
}

fn list(names: SubjectAltNames<'_>, wanted: u8, out: &mut Vec<u8>) -> Option<()> {
    if list_len(names, wanted) > MAX_TEXT {
        return None;
    }
    encoding::list(names.texts(wanted), b",", encoding::base64, out);
    Some(())
}
