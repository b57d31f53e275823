//! Parses back random header sets of every field in every form.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use alloc::{format, vec};

use proptest::prelude::{Strategy as _, prop_assert, prop_assert_eq};
use proptest::sample::{Index, select};
use proptest::test_runner::TestCaseError;

use super::{Receiver, ReceiverError, Unstated};
use crate::client::{ClientCertificate, Verification, VerifyError};
use crate::field::{DateForm, Field, Limits, NameForm, SerialForm};
use crate::headers::{HeaderSet, tells_verdict};
use crate::record::TlsClientAuth;
use crate::words::Words as _;
use crate::x509::Dialect;

type Property = fn(&TlsClientAuth) -> &str;

/// The properties of the record to compare.
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

/// Whether the field is written in the form that the record has, so that it is read back unchanged.
fn is_exact(field: Field) -> bool {
    match field {
        Field::Issuer(form) | Field::Subject(form) => {
            !matches!(form, NameForm::Go | NameForm::HaProxy)
        }
        Field::Serial(form) => form != SerialForm::HexUnsigned,
        // The other forms omit fractions of a second.
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

/// Whether the set states errors: the size of a value alone then makes the reader refuse the client.
fn has_errors(fields: &[Field]) -> bool {
    fields.contains(&Field::Errors)
}

/// Makes a set of these fields; the first is renamed, and the second of three or more is put between fixed texts.
fn own_set(fields: &[Field], dialect: Dialect) -> HeaderSet {
    let names: Vec<String> = (0..fields.len()).map(|index| format!("X-Row-{index}")).collect();
    let rows = names.iter().map(String::as_str).zip(fields.iter().copied());
    let set = HeaderSet::new("own", dialect, rows).unwrap();
    let set = set.renamed("X-Row-0", "X-Renamed").unwrap();
    match fields.len() {
        0..=2 => set,
        _ => set.surrounded("x-row-1", "<", "; b").unwrap(),
    }
}

/// Makes a receiver of the set; `None` if the set is refused for a valid reason.
fn receiver(set: &HeaderSet) -> Result<Option<Receiver>, TestCaseError> {
    let fields = || set.rows().map(|(_, field)| field);
    let all: Vec<Field> = fields().collect();
    let has_verdict = tells_verdict(all.into_iter());
    let unstated = (!has_verdict).then_some(Unstated::Verified);
    prop_assert!(Receiver::of(set, unstated.xor(Some(Unstated::Verified))).is_err());
    let lacks_leaf = fields().any(Field::is_chain) && !fields().any(Field::sends_leaf);
    match Receiver::of(set, unstated) {
        Ok(receiver) => {
            prop_assert!(!lacks_leaf);
            Ok(Some(receiver))
        }
        Err(ReceiverError::NothingToRead) => {
            prop_assert!(!fields().any(Field::is_read_back));
            Ok(None)
        }
        Err(error) => {
            prop_assert_eq!(error, ReceiverError::ChainWithoutLeaf);
            prop_assert!(lacks_leaf);
            Ok(None)
        }
    }
}

/// Parses the lines of the client back and compares the record. Returns the number of values compared.
fn check(
    set: &HeaderSet,
    dialect: Dialect,
    client: &ClientCertificate,
) -> Result<usize, TestCaseError> {
    let fields: Vec<Field> = set.rows().map(|(_, field)| field).collect();
    let Some(receiver) = receiver(set)? else { return Ok(0) };
    let lines = set.lines(client, Limits::new());
    let lines: Vec<_> = lines.iter().map(|line| (line.name(), line.value())).collect();
    let auth = receiver
        .receive(&lines)
        .map_err(|error| TestCaseError::fail(format!("{error}; {fields:?}; {lines:?}")))?;
    prop_assert!(!auth.is_trusted() || client.is_trusted());
    if auth.is_presented() && receiver.has_verdict() && !has_errors(&fields) {
        prop_assert_eq!(auth.is_trusted(), client.is_trusted());
    }
    let own = TlsClientAuth::new(&client.clone().dialect(dialect));
    if let Some(leaf) = auth.client_certificate().leaf().filter(|leaf| !leaf.is_empty()) {
        prop_assert_eq!(Some(leaf), client.leaf());
    } else if !fields.iter().copied().all(is_exact) {
        return Ok(0);
    }
    for (what, property) in PROPERTIES {
        let (read, own) = (property(&auth), property(&own));
        prop_assert!(read.is_empty() || read == own, "{}: {} {}; {:?}", what, read, own, fields);
    }
    Ok(PROPERTIES.iter().filter(|(_, property)| !property(&auth).is_empty()).count())
}

/// Checks that a receiver reduced to some rows equals a receiver of a set with these rows.
fn check_only(
    whole: &HeaderSet,
    part: &HeaderSet,
    client: &ClientCertificate,
) -> Result<(), TestCaseError> {
    let (Some(whole), Some(of_part)) = (receiver(whole)?, receiver(part)?) else { return Ok(()) };
    let read = part.rows().filter(|(_, field)| field.is_read_back()).map(|(name, _)| name);
    let only = whole.only(read.collect::<Vec<_>>()).unwrap().unstated(Unstated::Verified);
    let lines = part.lines(client, Limits::new());
    let lines: Vec<_> = lines.iter().map(|line| (line.name(), line.value())).collect();
    prop_assert_eq!(only.receive(&lines), of_part.receive(&lines));
    Ok(())
}

/// Parses back a set of these fields, whole, reduced to some rows, and with two names exchanged.
fn check_all(
    fields: &[Field],
    keeps: &[bool],
    dialect: Dialect,
    client: &ClientCertificate,
) -> Result<(), TestCaseError> {
    let set = own_set(fields, dialect);
    check(&set, dialect, client)?;
    let kept = set.rows().zip(keeps).filter(|(_, keep)| **keep).map(|((name, _), _)| name);
    // The rows are chosen in another order than that of the set.
    let kept: Vec<&str> = kept.collect::<Vec<_>>().into_iter().rev().collect();
    let (Some(first), Some(last)) = (kept.first(), kept.last()) else { return Ok(()) };
    let part = set.clone().only(kept.iter().copied()).unwrap();
    check(&part, dialect, client)?;
    check_only(&set, &part, client)?;
    let exchanged: &[_] = if first == last { &[] } else { &[(first, last), (last, first)] };
    check(&part.clone().renamed_at_once(exchanged).unwrap(), dialect, client).map(drop)
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
        proptest::collection::vec(proptest::prelude::any::<bool>(), 7),
    );
    let cases = if cfg!(miri) { 1 } else { 1500 };
    let config =
        proptest::test_runner::Config { failure_persistence: None, cases, ..Default::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let outcome = runner.run(&case, |(fields, dialect, certificate, length, kind, keeps)| {
        let (_, der) = certificate.get(&fixtures);
        let clients = clients(der, &chain[..length]);
        let client = kind.get(&clients);
        check_all(&fields, &keeps, dialect, client)?;
        // The same without the certificates.
        let facts: Vec<Field> =
            fields.into_iter().filter(|field| !field.has_leaf() && !field.is_chain()).collect();
        if facts.is_empty() { Ok(()) } else { check_all(&facts, &keeps, dialect, client) }
    });
    outcome.unwrap();
}

/// Parses back every field beside a verdict: of a trusted client with each certificate, and of every kind of client with one of them.
#[test]
fn every_field_is_read_back_beside_a_verdict() {
    let fixtures = fixtures();
    let verdict: Field = "verdict:text".parse().unwrap();
    let mut compared = 0;
    for text in
        Field::texts().into_iter().filter(|text| !text.starts_with("xfcc") || text.len() < 12)
    {
        let field: Field = text.parse().unwrap();
        for (name, der) in &fixtures {
            let all = clients(der, &[]);
            let clients = if name.ends_with("plain.der") { &all[..] } else { &all[1..2] };
            for client in clients {
                let set = own_set(&[verdict, field], Dialect::OpenSsl);
                let outcome = check(&set, Dialect::OpenSsl, client);
                assert!(outcome.is_ok(), "{text}, {name}: {outcome:?}");
                compared += outcome.unwrap_or_default();
            }
        }
    }
    assert!(compared > 10_000, "{compared}");
}
