//! The origin's side: from the headers of a request to what an application needs of a certificate (subject, issuer, serial number,
//! SHA-1, SHA-256, dates), with the usual code for each library and with this crate's [`Receiver`].
//!
//! The floor is base64 decoding, SHA-1 and SHA-256 of the leaf. The others read the certificate only; the crate also parses the verdict and
//! rejects duplicates and look-alikes.

#[path = "../../harness/browser.rs"]
mod browser;

use std::hint::black_box;

use base64::Engine as _;
use base64::engine::general_purpose::{PAD, STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use tls_client_auth::{
    ClientCertificate, ConnectionState, Forwarding, HeaderSet, Receiver, Unstated, Verification,
};

use super::{CERTIFICATES, Candidate, LIMITS};
use browser::REQUEST;

/// How the certificate is encoded in its header.
#[derive(Clone, Copy)]
enum Form {
    Base64,
    ByteSequence,
    EscapedPem,
    Xfcc,
}

struct Received {
    name: &'static str,
    set: HeaderSet,
    receiver: Receiver,
    header: &'static str,
    form: Form,
}

fn received() -> [Received; 6] {
    let verified = Unstated::Verified;
    [
        Received {
            name: "cloudflare",
            set: HeaderSet::cloudflare(),
            receiver: Receiver::cloudflare(verified),
            header: "cf-client-cert-der-base64",
            form: Form::Base64,
        },
        Received {
            name: "rfc9440",
            set: HeaderSet::rfc9440(),
            receiver: Receiver::rfc9440(verified),
            header: "client-cert",
            form: Form::ByteSequence,
        },
        Received {
            name: "ingress-nginx",
            set: HeaderSet::ingress_nginx(),
            receiver: Receiver::ingress_nginx(),
            header: "ssl-client-cert",
            form: Form::EscapedPem,
        },
        Received {
            name: "nginx",
            set: HeaderSet::nginx(),
            receiver: Receiver::nginx(),
            header: "ssl-client-escaped-cert",
            form: Form::EscapedPem,
        },
        Received {
            name: "traefik",
            set: HeaderSet::traefik(),
            receiver: Receiver::traefik(verified),
            header: "x-forwarded-tls-client-cert",
            form: Form::Base64,
        },
        Received {
            name: "envoy",
            set: HeaderSet::envoy(),
            receiver: Receiver::envoy(verified),
            header: "x-forwarded-client-cert",
            form: Form::Xfcc,
        },
    ]
}

/// A request with the set's headers.
fn request(der: &'static [u8], set: HeaderSet) -> HeaderMap {
    let line = |(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
    let mut headers: HeaderMap = REQUEST.into_iter().map(line).collect();
    let client = ClientCertificate::presented(der, Verification::Success);
    let forwarding = Forwarding::none().on_every_request(set).limits(LIMITS);
    ConnectionState::new(client, forwarding).forward(&mut headers).commit();
    headers
}

/// Prints certificate, set, form and value as lines, for the programs in other languages.
pub fn print_headers() {
    for (certificate, der) in CERTIFICATES {
        for Received { name, set, header, form, .. } in received() {
            let headers = request(der, set);
            let value = headers[header].to_str().expect("ASCII");
            let form = match form {
                Form::Base64 => "base64",
                Form::ByteSequence => "byte-sequence",
                Form::EscapedPem => "escaped-pem",
                Form::Xfcc => "xfcc",
            };
            println!("{certificate}, {} B\t{name}\t{form}\t{value}", der.len());
        }
    }
}

pub fn candidates(der: &'static [u8]) -> Vec<Candidate<'static>> {
    let engine = base64::engine::Simd::standard(PAD);
    let text = engine.encode(der);
    let mut candidates: Vec<Candidate<'static>> = vec![(
        "floor".to_owned(),
        Box::new(move || {
            let der = engine.decode(black_box(&text)).expect("base64");
            black_box(Sha1::digest(black_box(&der)));
            black_box(Sha256::digest(black_box(&der)));
        }),
    )];
    for Received { name, set, receiver, header, form } in received() {
        let headers = request(der, set);
        let these = headers.clone();
        candidates.push((
            format!("{name}: this crate"),
            Box::new(move || {
                black_box(receiver.receive(black_box(&these)).expect("what the crate sends"));
            }),
        ));
        let these = headers.clone();
        candidates.push((
            format!("{name}: percent-encoding, pem, base64, x509-parser"),
            Box::new(move || with_x509_parser(black_box(&these), header, form)),
        ));
        #[cfg(feature = "openssl")]
        candidates.push((
            format!("{name}: percent-encoding, base64, openssl"),
            Box::new(move || with_openssl(black_box(&headers), header, form)),
        ));
    }
    candidates
}

/// Decodes escaped PEM to PEM, or base64 to DER.
enum Certificate {
    Pem(String),
    Der(Vec<u8>),
}

fn decode(headers: &HeaderMap, header: &str, form: Form) -> Certificate {
    let value = headers.get(header).and_then(|value| value.to_str().ok()).expect("a certificate");
    let unescape = |text| percent_decode_str(text).decode_utf8().expect("UTF-8").into_owned();
    match form {
        Form::Base64 => Certificate::Der(STANDARD.decode(value).expect("base64")),
        Form::ByteSequence => {
            Certificate::Der(STANDARD.decode(value.trim_matches(':')).expect("base64"))
        }
        Form::EscapedPem => Certificate::Pem(unescape(value)),
        Form::Xfcc => {
            let text = value.split(';').find_map(|pair| pair.strip_prefix("Cert="));
            Certificate::Pem(unescape(text.expect("a certificate").trim_matches('"')))
        }
    }
}

fn with_x509_parser(headers: &HeaderMap, header: &str, form: Form) {
    let der = match decode(headers, header, form) {
        Certificate::Der(der) => der,
        Certificate::Pem(text) => pem::parse(text).expect("PEM").into_contents(),
    };
    let (_, certificate) = x509_parser::parse_x509_certificate(&der).expect("a certificate");
    let names = [certificate.subject().to_string(), certificate.issuer().to_string()];
    let serial = certificate.raw_serial_as_string();
    let validity = certificate.validity();
    let dates = [validity.not_before.to_string(), validity.not_after.to_string()];
    let digests = [hex::encode(Sha1::digest(&der)), hex::encode(Sha256::digest(&der))];
    black_box((names, serial, dates, digests));
}

#[cfg(feature = "openssl")]
fn with_openssl(headers: &HeaderMap, header: &str, form: Form) {
    use openssl::hash::MessageDigest;
    use openssl::x509::{X509, X509NameRef};
    let certificate = match decode(headers, header, form) {
        Certificate::Der(der) => X509::from_der(&der),
        Certificate::Pem(text) => X509::from_pem(text.as_bytes()),
    };
    let certificate = certificate.expect("a certificate");
    let name = |name: &X509NameRef| {
        let attribute = |entry: &openssl::x509::X509NameEntryRef| {
            let value = entry.data().to_string().expect("a text");
            format!("{}={value}", entry.object().nid().short_name().expect("a known type"))
        };
        name.entries().map(attribute).collect::<Vec<_>>().join(",")
    };
    let names = [name(certificate.subject_name()), name(certificate.issuer_name())];
    let serial = certificate.serial_number().to_bn().and_then(|serial| serial.to_hex_str());
    let dates = [certificate.not_before().to_string(), certificate.not_after().to_string()];
    let digest = |kind| hex::encode(certificate.digest(kind).expect("a digest"));
    let digests = [digest(MessageDigest::sha1()), digest(MessageDigest::sha256())];
    black_box((names, serial.expect("a number").to_string(), dates, digests));
}
