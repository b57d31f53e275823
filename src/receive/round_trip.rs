//! Random header sets, from every field in every form, are parsed back.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use alloc::{format, vec};

use proptest::prelude::{Strategy as _, prop_assert, prop_assert_eq};
use proptest::sample::{Index, select};

use super::{ReceiveErrorKind, Receiver, ReceiverError, Unstated};
use crate::client::{ClientCertificate, Verification, VerifyError};
use crate::field::{DateForm, Field, Limits, NameForm, SerialForm};
use crate::headers::{HeaderSet, tells_verdict};
use crate::record::TlsClientAuth;
use crate::words::Words as _;
use crate::x509::Dialect;

type Property = fn(&TlsClientAuth) -> &str;

/// The record's properties to compare; two forms of the same field may differ.
const PROPERTIES: [(&str, Property); 14] = [
    ("issuer", TlsClientAuth::cert_issuer_dn),
    ("subject", TlsClientAuth::cert_subject_dn),
    ("issuer, RFC 2253", TlsClientAuth::cert_issuer_dn_rfc2253),
    ("subject, RFC 2253", TlsClientAuth::cert_subject_dn_rfc2253),
    ("issuer, legacy", TlsClientAuth::cert_issuer_dn_legacy),
    ("subject, legacy", TlsClientAuth::cert_subject_dn_legacy),
    ("serial", TlsClientAuth::cert_serial),
    ("issuer serial", TlsClientAuth::cert_issuer_serial),
    ("SHA-256", TlsClientAuth::cert_fingerprint_sha256),
    ("SHA-1", TlsClientAuth::cert_fingerprint_sha1),
    ("not before", TlsClientAuth::cert_not_before),
    ("not after", TlsClientAuth::cert_not_after),
    ("key identifier", TlsClientAuth::cert_ski),
    ("issuer's key identifier", TlsClientAuth::cert_issuer_ski),
];

fn fixtures() -> Vec<(String, Vec<u8>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let ders = paths.filter(|path| path.extension().is_some_and(|ending| ending == "der"));
    let mut ders: Vec<_> =
        ders.map(|path| (path.display().to_string(), std::fs::read(&path).unwrap())).collect();
    ders.sort();
    ders
}

/// Whether the field has the record's own form.
fn is_exact(field: Field) -> bool {
    match field {
        Field::Issuer(form) | Field::Subject(form) => {
            !matches!(form, NameForm::Go | NameForm::HaProxy)
        }
        Field::Serial(form) => form != SerialForm::HexUnsigned,
        // Without fractions of a second.
        Field::NotBefore(form) | Field::NotAfter(form) => form == DateForm::OpenSsl,
        Field::Validity | Field::TraefikInfo => false,
        _ => true,
    }
}

fn clients(der: &[u8], chain: &[Vec<u8>]) -> Vec<ClientCertificate> {
    let presented = |verification| {
        ClientCertificate::presented(der.to_vec(), verification).chain(chain.to_vec())
    };
    vec![
        ClientCertificate::none(),
        presented(Verification::Success),
        presented(Verification::None),
        presented(VerifyError::CertHasExpired.into()),
        presented(Verification::Success).revoked(true),
        presented(VerifyError::CertHasExpired.into()).revoked(true),
    ]
}

/// Whether the size of a value alone makes Google's reader refuse the client.
fn has_errors(fields: &[Field]) -> bool {
    fields.contains(&Field::Errors)
}

fn check(
    fields: &[Field],
    dialect: Dialect,
    client: &ClientCertificate,
) -> Result<(), proptest::test_runner::TestCaseError> {
    let name = |index| format!("X-Row-{index}");
    let names: Vec<String> = (0..fields.len()).map(name).collect();
    let rows = names.iter().map(String::as_str).zip(fields.iter().copied());
    let mut set = HeaderSet::new("own", dialect, rows).unwrap();
    set = set.renamed("X-Row-0", "X-Renamed").unwrap();
    if fields.len() > 2 {
        set = set.surrounded("x-row-1", "<", "; b").unwrap();
    }
    let has_verdict = tells_verdict(fields.iter().copied());
    let unstated = (!has_verdict).then_some(Unstated::Verified);
    let receiver = match Receiver::of(&set, unstated) {
        Ok(receiver) => receiver,
        Err(error) => {
            prop_assert_eq!(error, ReceiverError::NothingToRead);
            prop_assert!(!fields.iter().any(|field| field.is_read_back()));
            return Ok(());
        }
    };
    prop_assert!(Receiver::of(&set, unstated.xor(Some(Unstated::Verified))).is_err());
    let lines = set.lines(client, Limits::new());
    let lines: Vec<_> = lines.iter().map(|line| (line.name(), line.value())).collect();
    let auth = match receiver.receive(&lines) {
        Ok(auth) => auth,
        // A set of a chain alone.
        Err(error) if error.kind() == ReceiveErrorKind::ChainWithoutCertificate => {
            prop_assert!(!fields.iter().any(|field| matches!(field, Field::Certificate(_))));
            return Ok(());
        }
        Err(error) => {
            return Err(proptest::test_runner::TestCaseError::fail(format!(
                "{error}; {fields:?}; {lines:?}"
            )));
        }
    };
    prop_assert!(!auth.is_trusted() || client.is_trusted());
    if auth.is_presented() && has_verdict && !has_errors(fields) {
        prop_assert_eq!(auth.is_trusted(), client.is_trusted());
    }
    let own = TlsClientAuth::new(&client.clone().dialect(dialect));
    if let Some(leaf) = auth.client_certificate().leaf().filter(|leaf| !leaf.is_empty()) {
        prop_assert_eq!(Some(leaf), client.leaf());
    } else if !fields.iter().copied().all(is_exact) {
        return Ok(());
    }
    for (what, property) in PROPERTIES {
        let (read, own) = (property(&auth), property(&own));
        prop_assert!(read.is_empty() || read == own, "{}: {} {}; {:?}", what, read, own, fields);
    }
    Ok(())
}

#[test]
fn own_sets_are_read_back() {
    let texts = Field::texts();
    let fixtures = fixtures();
    assert!(fixtures.len() > 80, "{}", fixtures.len());
    let chain = [fixtures[0].1.clone(), fixtures[1].1.clone()];
    let field = select(texts).prop_map(|text| text.parse::<Field>().unwrap());
    let case = (
        proptest::collection::vec(field, 1..7),
        select(vec![Dialect::OpenSsl, Dialect::BoringSsl]),
        proptest::prelude::any::<Index>(),
        0..3usize,
        proptest::prelude::any::<Index>(),
    );
    let cases = if cfg!(miri) { 1 } else { 1500 };
    let config =
        proptest::test_runner::Config { failure_persistence: None, cases, ..Default::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let outcome = runner.run(&case, |(fields, dialect, certificate, length, kind)| {
        let (_, der) = certificate.get(&fixtures);
        let clients = clients(der, &chain[..length]);
        let client = kind.get(&clients);
        check(&fields, dialect, client)?;
        // The same without the certificates.
        let facts: Vec<Field> =
            fields.into_iter().filter(|field| !field.has_leaf() && !field.is_chain()).collect();
        if facts.is_empty() { Ok(()) } else { check(&facts, dialect, client) }
    });
    outcome.unwrap();
}

/// Every field alone, beside each kind of verdict, for every certificate.
#[test]
fn every_field_comes_back_beside_a_verdict() {
    let fixtures = fixtures();
    let verdict: Field = "verdict:text".parse().unwrap();
    for text in
        Field::texts().into_iter().filter(|text| !text.starts_with("xfcc") || text.len() < 12)
    {
        let field: Field = text.parse().unwrap();
        for (name, der) in &fixtures {
            for client in clients(der, &[]).iter().skip(1).take(1) {
                let outcome = check(&[verdict, field], Dialect::OpenSsl, client);
                assert!(outcome.is_ok(), "{text}, {name}: {outcome:?}");
            }
        }
    }
}
