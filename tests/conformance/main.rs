//! Compares the values of certificates from the field with what OpenSSL 3.0 and BoringSSL print for them.
//!
//! `TLS_CLIENT_AUTH_CORPUS` is a folder with `certificates.tar.xz` (`corpus/<SHA-256>.der`), `truth.openssl.jsonl.xz` and
//! `truth.boringssl.jsonl.xz` (one JSON line for each file). Without it, or without `tar` and `xz`, the test prints that it is skipped.
//! `cargo test --all-features --test conformance -- --nocapture` prints what was compared.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "a test that can't go on must stop"
)]
#![allow(clippy::std_instead_of_alloc, reason = "tests have the standard library")]

#[path = "../common/mod.rs"]
mod common;
mod mutants;

use core::fmt::Write as _;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use tls_client_auth::field::Limits;
use tls_client_auth::x509::{Certificate, ErrorKind};
use tls_client_auth::{ClientCertificate, Dialect, TlsClientAuth, Verification};

const LIBRARIES: [(&str, Dialect); 2] =
    [("openssl", Dialect::OpenSsl), ("boringssl", Dialect::BoringSsl)];

/// Certificates framed in BER: library, file, and the error of this crate. The library parses them; this crate refuses them, because
/// other parsers could read the forwarded bytes differently.
const BER: &[(&str, &str, &str)] = &[
    (
        "openssl",
        "013ffa31592b5f17cb935fbc6ef6a5c0c3a8984b63130be308b58f669a84e102.der",
        "certificate: indefinite length (BER, not DER) at offset 0",
    ),
    (
        "openssl",
        "3cc6fe98378acd56696da64346c1d8aba0cd2cb7dfd8894c5cab1ccf80098b39.der",
        "serialNumber: length is not minimal (BER, not DER) at offset 12",
    ),
];

/// Values that differ on purpose: library, file, property, reason. At most ten for each library.
const EXCEPTIONS: &[(&str, &str, &str, &str)] = &[];

/// What a library prints for one certificate: a line of the `truth` files.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Truth {
    file: String,
    accepted: bool,
    trailing: Option<u64>,
    version: Option<i64>,
    sha1: String,
    sha256: String,
    serial: String,
    subject_rfc2253_hex: String,
    subject_legacy_hex: String,
    issuer_rfc2253_hex: String,
    issuer_legacy_hex: String,
    not_before_hex: String,
    not_after_hex: String,
    ski: String,
    aki: String,
    aki_serial: String,
    /// An extension is malformed, and therefore the library returns no key identifier.
    flags_invalid: bool,
}

/// Result of the comparison with one library.
#[derive(Default)]
struct Report {
    certificates: usize,
    values: usize,
    /// Number of values that are not empty, by property.
    filled: BTreeMap<&'static str, usize>,
    ber: Vec<String>,
    withheld_key_identifiers: usize,
    followed_by_bytes: usize,
    refused_by_the_library: usize,
    excepted: BTreeSet<(String, &'static str)>,
    ber_as_listed: BTreeSet<String>,
    differences: Vec<String>,
}

impl Report {
    fn replay(&mut self, library: &str, dialect: Dialect, truth: &Truth, der: &[u8]) {
        // No limit may leave a value out.
        let limits = Limits::new().certificate(usize::MAX).encoded_chain(usize::MAX);
        let read = Certificate::from_der_up_to(der, usize::MAX);
        if !truth.accepted {
            self.refused_by_the_library += 1;
            if truth.trailing.is_some() {
                self.followed_by_bytes += 1;
                if read.is_ok() {
                    self.differences.push(format!("{}: read with trailing bytes", truth.file));
                }
            }
            return;
        }
        let certificate = match read {
            Ok(certificate) => certificate,
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::IndefiniteLength | ErrorKind::NonMinimalLength
                ) =>
            {
                let listed = BER.iter().find(|entry| (entry.0, entry.1) == (library, &truth.file));
                match listed {
                    Some((.., text)) if *text != error.to_string() => {
                        self.differences.push(format!("{}: {error}, not {text}", truth.file));
                    }
                    Some(_) => {
                        self.ber_as_listed.insert(truth.file.clone());
                    }
                    None => {}
                }
                self.ber.push(format!("{}: {error}", truth.file));
                return;
            }
            Err(error) => {
                self.differences.push(format!("{}: refused: {error}", truth.file));
                return;
            }
        };
        self.certificates += 1;
        let client = ClientCertificate::presented(der, Verification::Success).dialect(dialect);
        let record = TlsClientAuth::with_limits(&client, limits);

        let version = certificate.version().map_or_else(String::new, |number| number.to_string());
        // The library prints any number; the crate returns those that a version can have.
        let theirs = truth.version.filter(|number| (1..=256).contains(number));
        let theirs = theirs.map_or_else(String::new, |number| number.to_string());
        let mut compare = |property, ours: &str, theirs: &str| {
            self.compare(library, truth, property, ours, theirs)
        };
        compare("version", &version, &theirs);
        compare("subject", record.cert_subject_dn(), &text(&truth.subject_rfc2253_hex));
        compare("issuer", record.cert_issuer_dn(), &text(&truth.issuer_rfc2253_hex));
        compare(
            "subject, legacy",
            record.cert_subject_dn_legacy(),
            &text(&truth.subject_legacy_hex),
        );
        compare("issuer, legacy", record.cert_issuer_dn_legacy(), &text(&truth.issuer_legacy_hex));
        // `i2a_ASN1_INTEGER` breaks its line after 35 bytes.
        compare("serial", record.cert_serial(), &truth.serial.replace("\\\n", ""));
        compare("notBefore", record.cert_not_before(), &text(&truth.not_before_hex));
        compare("notAfter", record.cert_not_after(), &text(&truth.not_after_hex));
        compare("SHA-1", record.cert_fingerprint_sha1(), &truth.sha1);
        compare("SHA-256", record.cert_fingerprint_sha256(), &truth.sha256);
        if truth.flags_invalid {
            // In this crate a malformed extension loses only its own value.
            self.withheld_key_identifiers += usize::from(!record.cert_ski().is_empty());
            return;
        }
        let issuer = certificate.authority_key_identifier();
        let key = issuer.and_then(|issuer| issuer.key_identifier());
        let serial = issuer.and_then(|issuer| issuer.authority_cert_serial_number());
        compare("SKI", record.cert_ski(), &truth.ski);
        compare("AKI key", &key.map_or_else(String::new, upper_hex), &truth.aki);
        compare(
            "AKI serial",
            &serial.map_or_else(String::new, |serial| serial.to_hex()),
            &truth.aki_serial.replace("\\\n", ""),
        );
    }

    fn compare(
        &mut self,
        library: &str,
        truth: &Truth,
        property: &'static str,
        ours: &str,
        theirs: &str,
    ) {
        self.values += 1;
        *self.filled.entry(property).or_default() += usize::from(!theirs.is_empty());
        if ours == theirs {
            return;
        }
        if EXCEPTIONS
            .iter()
            .any(|entry| (entry.0, entry.1, entry.2) == (library, &truth.file, property))
        {
            self.excepted.insert((truth.file.clone(), property));
            return;
        }
        self.differences
            .push(format!("{}: {property}: {ours:?}, {library}: {theirs:?}", truth.file));
    }

    /// Listed exceptions for files that were replayed and do not differ.
    fn outdated(&self, library: &str, replayed: &BTreeSet<&str>) -> Vec<String> {
        let ber = BER
            .iter()
            .filter(|entry| entry.0 == library && replayed.contains(entry.1))
            .filter(|entry| !self.ber_as_listed.contains(entry.1))
            .map(|entry| {
                format!("{}: listed as BER, but not refused with the listed error", entry.1)
            });
        let differs = |file: &str, property: &str| {
            self.excepted.iter().any(|known| (known.0.as_str(), known.1) == (file, property))
        };
        let others = EXCEPTIONS
            .iter()
            .filter(|entry| entry.0 == library && replayed.contains(entry.1))
            .filter(|entry| !differs(entry.1, entry.2))
            .map(|entry| format!("{}: {}: listed as an exception, but equal", entry.1, entry.2));
        ber.chain(others).collect()
    }

    fn summary(&self, library: &str) -> String {
        let mut text = format!(
            "{library}: {} certificates, {} values compared, {} differ; {} files that the library refuses, {} of them for trailing \
             bytes; {} key identifiers that the library withholds because another extension is malformed; {} exceptions; \
             {} framed in BER",
            self.certificates,
            self.values,
            self.differences.len(),
            self.refused_by_the_library,
            self.followed_by_bytes,
            self.withheld_key_identifiers,
            self.excepted.len(),
            self.ber.len(),
        );
        for ber in &self.ber {
            write!(text, "\n    BER: {ber}").unwrap();
        }
        let filled: Vec<_> =
            self.filled.iter().map(|(property, count)| format!("{property} {count}")).collect();
        write!(text, "\n    not empty: {}", filled.join(", ")).unwrap();
        text
    }
}

#[test]
fn values_are_those_of_the_libraries() {
    let Some(folder) = std::env::var_os("TLS_CLIENT_AUTH_CORPUS").map(PathBuf::from) else {
        println!("skipped: TLS_CLIENT_AUTH_CORPUS is not set to a folder of certificates");
        return;
    };
    for tool in ["tar", "xz"] {
        if Command::new(tool).arg("--version").output().is_err() {
            println!("skipped: {tool}, which unpacks the corpus, is not installed");
            return;
        }
    }
    let certificates = unpack(&folder.join("certificates.tar.xz"));
    for (library, dialect) in LIBRARIES {
        let excepted = EXCEPTIONS.iter().filter(|entry| entry.0 == library).count();
        assert!(excepted <= 10, "{library}: {excepted} exceptions, at most 10 are allowed");

        let truths = truths(&folder.join(format!("truth.{library}.jsonl.xz")));
        let mut report = Report::default();
        for truth in &truths {
            let der = certificates.get(&truth.file).unwrap_or_else(|| {
                panic!("{}: in {library}'s truth, but not in the archive", truth.file)
            });
            report.replay(library, dialect, truth, der);
        }
        println!("{}", report.summary(library));
        assert!(report.certificates > 0, "{library}: nothing was compared");
        let empty: Vec<_> = report.filled.iter().filter(|(_, count)| **count == 0).collect();
        assert!(empty.is_empty(), "{library}: compared with empty values only: {empty:?}");
        assert!(
            report.differences.is_empty(),
            "{library} prints something else:\n{}",
            report.differences.join("\n")
        );
        let replayed = truths.iter().map(|truth| truth.file.as_str()).collect();
        let outdated = report.outdated(library, &replayed);
        assert!(outdated.is_empty(), "remove these exceptions:\n{}", outdated.join("\n"));
    }
}

/// A test of the replay: it reports each property that differs.
#[test]
fn a_difference_is_reported() {
    let der = include_bytes!("../fixtures/plain.der");
    let right = Truth {
        file: "plain.der".into(),
        accepted: true,
        version: Some(3),
        sha1: "4224ef9941c41e23f02deb9c2998dc6fa1447470".into(),
        sha256: "73c94b97c9f215f77ecd6085723216029697fa3b29d2ecd62fb9186db77844aa".into(),
        serial: "5A7001B17B539286C891".into(),
        subject_rfc2253_hex: hex("CN=client.example,OU=Ops,O=Example Corp,L=Weiden,ST=Bayern,C=DE"),
        subject_legacy_hex: hex("/C=DE/ST=Bayern/L=Weiden/O=Example Corp/OU=Ops/CN=client.example"),
        issuer_rfc2253_hex: hex("CN=Peers Root CA,O=Peers Test,C=DE"),
        issuer_legacy_hex: hex("/C=DE/O=Peers Test/CN=Peers Root CA"),
        not_before_hex: hex("Jan  2 03:04:05 2025 GMT"),
        not_after_hex: hex("Nov 12 13:14:15 2035 GMT"),
        ..Truth::default()
    };
    let replay = |truth: &Truth, der: &[u8]| {
        let mut report = Report::default();
        report.replay("openssl", Dialect::OpenSsl, truth, der);
        report.differences
    };
    assert_eq!(replay(&right, der), [""; 0]);

    type Change = fn(&mut Truth);
    let changes: [(&str, Change); 14] = [
        ("version", |truth| truth.version = Some(1)),
        ("SHA-1", |truth| truth.sha1.clear()),
        ("SHA-256", |truth| truth.sha256.clear()),
        ("serial", |truth| truth.serial = "00".into()),
        ("subject", |truth| truth.subject_rfc2253_hex.clear()),
        ("subject, legacy", |truth| truth.subject_legacy_hex.clear()),
        ("issuer", |truth| truth.issuer_rfc2253_hex.clear()),
        ("issuer, legacy", |truth| truth.issuer_legacy_hex.clear()),
        ("notBefore", |truth| truth.not_before_hex.clear()),
        ("notAfter", |truth| truth.not_after_hex.clear()),
        ("SKI", |truth| truth.ski = "00".into()),
        ("AKI key", |truth| truth.aki = "00".into()),
        ("AKI serial", |truth| truth.aki_serial = "00".into()),
        ("read with trailing bytes", |truth| {
            (truth.accepted, truth.trailing) = (false, Some(1));
        }),
    ];
    for (property, change) in changes {
        let mut wrong = right.clone();
        change(&mut wrong);
        let differences = replay(&wrong, der);
        assert_eq!(differences.len(), 1, "{property}: {differences:?}");
        assert!(differences[0].contains(&format!(": {property}")), "{differences:?}");
    }

    let cut = replay(&right, &der[..40]);
    assert!(cut[0].contains("refused: certificate: ends too early"), "{cut:?}");
}

/// A listed exception whose file was replayed and does not differ is reported.
#[test]
fn an_outdated_exception_is_reported() {
    let report = Report::default();
    assert!(report.outdated("openssl", &BTreeSet::new()).is_empty(), "another corpus");
    let replayed = BTreeSet::from([BER[0].1]);
    assert_eq!(report.outdated("openssl", &replayed).len(), 1);
    assert!(report.outdated("boringssl", &replayed).is_empty(), "the other library's");
}

/// Every `.der` file of the archive by its name.
fn unpack(archive: &Path) -> BTreeMap<String, Vec<u8>> {
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("conformance-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    run("tar", &[OsStr::new("-xJf"), archive.as_ref(), OsStr::new("-C"), folder.as_ref()]);
    let mut certificates = BTreeMap::new();
    let mut folders = vec![folder.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension() == Some(OsStr::new("der")) {
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                certificates.insert(name, fs::read(path).unwrap());
            }
        }
    }
    fs::remove_dir_all(folder).unwrap();
    certificates
}

fn truths(archive: &Path) -> Vec<Truth> {
    let lines = run("xz", &[OsStr::new("-dc"), archive.as_ref()]);
    serde_json::Deserializer::from_slice(&lines).into_iter().collect::<Result<_, _>>().unwrap()
}

fn run(tool: &str, arguments: &[&OsStr]) -> Vec<u8> {
    let output = Command::new(tool).args(arguments).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{tool} {arguments:?}: {errors}");
    output.stdout
}

fn upper_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02X}").unwrap();
        text
    })
}

fn hex(text: &str) -> String {
    upper_hex(text.as_bytes())
}

/// The bytes that the library printed, as Latin-1: any byte outside ASCII then differs from the crate's text.
fn text(hex: &str) -> String {
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    assert!(rest.is_empty(), "{hex}");
    let byte = |pair: &[u8; 2]| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
    pairs.iter().map(|pair| char::from(byte(pair))).collect()
}
