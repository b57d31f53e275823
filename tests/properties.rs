//! Properties of certificates, records, headers and stripping, checked on random inputs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that can't go on must stop"
)]
#![allow(clippy::std_instead_of_alloc, reason = "tests have the standard library")]

mod common;

use core::sync::atomic::{AtomicUsize, Ordering};
use std::path::Path;
use std::sync::LazyLock;

use common::checks;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use tls_client_auth::field::Limits;
use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding, Verification};

fn cases(cases: u32) -> ProptestConfig {
    // A failing input is printed, and not saved in a file.
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// All `.der` fixtures.
static FIXTURES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "der")).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
});

#[derive(Clone, Debug)]
enum Mutation {
    FlipBit(Index, u8),
    Truncate(Index),
    Insert(Index, Vec<u8>),
    Remove(Index),
    /// Replaces a byte after a common tag, which mostly is a length.
    Length(Index, u8),
}

impl Mutation {
    fn apply(&self, der: &mut Vec<u8>) {
        if der.is_empty() {
            return;
        }
        match self {
            Self::FlipBit(index, bit) => *index.get_mut(der) ^= 1 << bit,
            Self::Truncate(index) => der.truncate(index.index(der.len())),
            Self::Insert(index, bytes) => {
                let at = index.index(der.len());
                der.splice(at..at, bytes.iter().copied());
            }
            Self::Remove(index) => {
                der.remove(index.index(der.len()));
            }
            Self::Length(index, length) => {
                let tags = |byte: &u8| matches!(byte, 2..=6 | 0x0c | 0x13 | 0x17 | 0x30 | 0x31 | 0xa0..=0xa3);
                let places: Vec<usize> = (1..der.len()).filter(|at| tags(&der[at - 1])).collect();
                if let Some(place) = places.get(index.index(places.len().max(1))) {
                    der[*place] = *length;
                }
            }
        }
    }
}

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        (any::<Index>(), 0..8u8).prop_map(|(index, bit)| Mutation::FlipBit(index, bit)),
        any::<Index>().prop_map(Mutation::Truncate),
        (any::<Index>(), vec(any::<u8>(), 1..9))
            .prop_map(|(index, bytes)| Mutation::Insert(index, bytes)),
        any::<Index>().prop_map(Mutation::Remove),
        (any::<Index>(), prop_oneof![any::<u8>(), 0..0x30u8, 0x80..0x85u8])
            .prop_map(|(index, length)| Mutation::Length(index, length)),
    ]
}

fn fixture() -> impl Strategy<Value = Vec<u8>> {
    any::<Index>().prop_map(|index| index.get(&FIXTURES).clone())
}

/// Certificates, mutated certificates and random bytes.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let mutated = (fixture(), vec(mutation(), 0..4)).prop_map(|(mut der, mutations)| {
        mutations.iter().for_each(|mutation| mutation.apply(&mut der));
        der
    });
    prop_oneof![1 => vec(any::<u8>(), 0..600), 6 => mutated]
}

fn client() -> impl Strategy<Value = ClientCertificate> {
    let presented = (
        bytes(),
        vec(bytes(), 0..3),
        select(checks::verifications().to_vec()),
        any::<bool>(),
        select(checks::DIALECTS.to_vec()),
    )
        .prop_map(|(leaf, chain, verification, revoked, dialect)| {
            ClientCertificate::presented(leaf, verification)
                .chain(chain)
                .revoked(revoked)
                .dialect(dialect)
        });
    prop_oneof![1 => Just(ClientCertificate::none()), 9 => presented]
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn any_bytes_are_parsed_or_refused(der in bytes()) {
        checks::certificate(&der);
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn any_client_makes_a_record_and_headers(
        client in client(),
        encoded_leaf in prop_oneof![Just(10 * 1024usize), 0..2000usize],
        encoded_chain in prop_oneof![Just(16 * 1024usize), 0..4000usize],
    ) {
        checks::record_and_headers(&client, Limits::new(), [encoded_leaf, encoded_chain]);
    }
}

#[test]
fn limits_below_the_length_of_a_verdict() {
    let leaf = &include_bytes!("fixtures/plain.der")[..];
    for verification in checks::verifications() {
        let client = ClientCertificate::presented(leaf, verification);
        for limit in 0..40 {
            checks::record_and_headers(&client, Limits::new(), [limit, limit]);
        }
    }
}

/// Texts of spaces, mostly, and of characters that the formats escape.
fn name_text() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        4 => Just(' '),
        3 => select(r#"\20x%,+"=;#/<>"#.chars().collect::<Vec<_>>()),
        2 => select(vec!['a', '\t', '\n', '\0', '\u{e9}', '\u{a0}', '\u{3000}', '\u{2028}']),
    ];
    vec(character, 0..6).prop_map(|characters| characters.into_iter().collect())
}

proptest! {
    #![proptest_config(cases(600))]

    /// The random texts are in names of every string type, in alternative names, and in the reason.
    #[test]
    fn no_value_begins_or_ends_with_a_space(
        names in vec((name_text(), select(vec![0x0cu8, 0x13, 0x14, 0x16, 0x1e])), 1..4),
        reason in proptest::option::of(name_text()),
        dialect in select(checks::DIALECTS.to_vec()),
    ) {
        use common::der::{self, CN, O, SEQUENCE, SUBJECT_ALT_NAME, UNKNOWN, attribute, of, tlv};

        let value = |text: &str, tag: u8| match tag {
            0x0c => text.as_bytes().to_vec(),
            0x1e => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            _ => text.chars().map(|character| u8::try_from(character).unwrap_or(b' ')).collect(),
        };
        let rdns: Vec<Vec<Vec<u8>>> = names
            .iter()
            .zip([CN, O, UNKNOWN].iter().cycle())
            .map(|((text, tag), kind)| vec![attribute(kind, *tag, value(text, *tag))])
            .collect();
        let name = der::name(&rdns.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let entries: Vec<_> = names
            .iter()
            .zip([0x82, 0x81, 0x86].iter().cycle())
            .map(|((text, _), tag)| tlv(*tag, value(text, 0x16)))
            .collect();
        let leaf = der::Parts::with(|parts| {
            parts.subject = name.clone();
            parts.issuer = name;
            parts.extensions = vec![der::extension(SUBJECT_ALT_NAME, of(SEQUENCE, &entries))];
        })
        .der();
        let verification = match &reason {
            None => Verification::Success,
            Some(reason) => Verification::Failed(tls_client_auth::client::Reason::other(reason)),
        };
        let client = ClientCertificate::presented(leaf.as_slice(), verification)
            .chain([&leaf])
            .dialect(dialect);
        for set in checks::sets() {
            for set in [set.clone(), set.clone().including_untrusted()] {
                for line in set.lines(&client, Limits::new()).iter() {
                    checks::header_value(line.name(), line.value());
                }
            }
        }
        checks::record_and_headers(&client, Limits::new(), [10 * 1024, 16 * 1024]);
    }
}

#[cfg(feature = "serde")]
proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn a_record_is_read_back_from_json(client in client(), limit in prop_oneof![Just(10 * 1024usize), 0..2000usize]) {
        use tls_client_auth::TlsClientAuth;

        let limits = Limits::new().encoded_leaf(limit);
        let record = TlsClientAuth::with_limits(&client, limits);
        let json = serde_json::to_string(&record).unwrap();
        let read: TlsClientAuth = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(serde_json::to_string(&read).unwrap(), json);
        prop_assert_eq!(checks::properties(&read), checks::properties(&record));
        prop_assert_eq!(read.is_trusted(), record.is_trusted());
        if !record.cert_rfc9440_too_large() {
            prop_assert_eq!(read.client_certificate().leaf(), client.leaf());
        }
        if !record.cert_chain_rfc9440_too_large() && client.is_presented() {
            prop_assert!(read.client_certificate().chain_certificates().eq(client.chain_certificates()));
        }
    }
}

/// Families of header names that an origin could trust. A name belongs to one if it equals it, or begins with it and a separator.
/// They are repeated here so that a family that the crate loses fails a test.
const FAMILIES: [&str; 21] = [
    "akamai-cc-der",
    "cf-cert",
    "cf-client-cert",
    "client-cert",
    "client-cert-chain",
    "client-certificate",
    "cloudfront-viewer-cert",
    "l5d-client-id",
    "ssl-c",
    "ssl-cert",
    "ssl-client",
    "tls-client",
    "x-amzn-mtls-clientcert",
    "x-arr-clientcert",
    "x-cert",
    "x-client-cert",
    "x-forwarded-client-cert",
    "x-forwarded-ssl-client",
    "x-forwarded-tls-client-cert",
    "x-ssl",
    "x-tls-client",
];

/// All header names of the sets, the families, a name in each family, and [`checks::OWN`].
fn owned_names() -> Vec<String> {
    let mut names: Vec<String> = checks::sets()
        .iter()
        .flat_map(|set| set.rows().map(|(name, _)| name.to_owned()).collect::<Vec<_>>())
        .collect();
    names.extend(FAMILIES.map(str::to_owned));
    names.extend(FAMILIES.map(|family| format!("{family}-Verify")));
    names.push(checks::OWN.to_owned());
    names
}

/// An owned name in any case, with any separators.
fn spelling() -> impl Strategy<Value = String> {
    (select(owned_names()), vec(any::<bool>(), 40), vec(select(b"--__.!#$%&'*+^`|~".to_vec()), 40))
        .prop_map(|(name, upper, separators)| {
            let character = |(index, byte): (usize, u8)| match byte {
                b'-' => char::from(separators[index]),
                _ if upper[index] => char::from(byte.to_ascii_uppercase()),
                _ => char::from(byte.to_ascii_lowercase()),
            };
            name.bytes().enumerate().map(character).collect()
        })
}

fn unrelated() -> impl Strategy<Value = String> {
    let names = [
        "Host",
        "Accept",
        "X-Forwarded-For",
        "Cf-Ray",
        "cf-certain",
        "Client-Certification",
        "X-Certify",
        "My-Client-Cert",
        "X-Tenant",
        "X-Tenant-Serial-Number",
        "SSLClient",
        "Content-Length",
        "Upgrade",
        "TE",
        "X-Hop",
    ];
    select(names.map(str::to_owned).to_vec())
}

fn request() -> impl Strategy<Value = Vec<(String, String)>> {
    let options = ["close", "Keep-Alive", "Upgrade", "", "X-Nobody"];
    let option = prop_oneof![
        3 => select(options.map(str::to_owned).to_vec()),
        2 => unrelated(),
        1 => spelling(),
    ];
    let connection = (
        select(vec!["Connection", "connection"]),
        vec(option, 0..4),
        select(vec![",", ", ", "\t ,"]),
    )
        .prop_map(|(name, options, comma)| (name.to_owned(), options.join(comma)));
    let value = "[ -~]{0,12}".prop_map(|value| value.trim().to_owned());
    let header = prop_oneof![
        4 => (spelling(), value.clone()),
        4 => (unrelated(), value),
        1 => connection,
    ];
    vec(header, 0..12).prop_perturb(|mut headers, mut random| {
        // Some lines are duplicated.
        for index in 0..headers.len() {
            if random.random_bool(0.2) {
                headers.push(headers[index].clone());
            }
        }
        headers
    })
}

proptest! {
    #![proptest_config(cases(600))]

    #[test]
    fn no_spelling_of_an_owned_name_passes(request in request(), verification in select(checks::verifications().to_vec())) {
        let client = ClientCertificate::presented(FIXTURES[0].as_slice(), verification)
            .chain([FIXTURES[1].as_slice()]);
        checks::strip(&client, checks::everything(), &request);
        checks::strip(&ClientCertificate::none(), checks::everything(), &request);
    }

    /// The names of all sets are stripped, also if one set or none is sent.
    #[test]
    fn every_set_strips_the_names_of_the_others(
        owned in vec((spelling(), "[ -~]{0,12}"), 1..12),
        set in proptest::option::of(select(checks::sets().to_vec())),
        first in any::<bool>(),
    ) {
        let forwarding = match set {
            Some(set) if first => Forwarding::none().on_first_request(set),
            Some(set) => Forwarding::none().on_every_request(set),
            None => Forwarding::none(),
        };
        let client = ClientCertificate::presented(FIXTURES[0].as_slice(), Verification::Success);
        let connection = ConnectionState::new(client, forwarding);
        let owned: Vec<_> =
            owned.into_iter().filter(|(name, _)| checks::variable(name) != checks::OWN).collect();
        let claim = connection.claim();
        let ours: Vec<(String, String)> =
            claim.lines().map(|line| (line.name().to_owned(), line.value().to_owned())).collect();
        let (mut headers, mut trailers) = (owned.clone(), owned);
        claim.apply(&mut headers);
        connection.strip_trailers(&mut trailers);
        prop_assert_eq!(headers, ours);
        prop_assert_eq!(trailers, vec![]);
    }

    #[test]
    fn names_are_owned_in_every_spelling(owned in spelling(), other in unrelated()) {
        let own = checks::variable(&owned) == checks::OWN;
        prop_assert_eq!(tls_client_auth::connection::is_owned_name(owned.as_bytes()), !own, "{}", owned);
        prop_assert!(!tls_client_auth::connection::is_owned_name(other.as_bytes()), "{}", other);
    }
}

proptest! {
    #![proptest_config(cases(100))]

    /// Threads make requests, and commit the claims of some: at most one committed claim carries the certificate.
    #[test]
    fn one_committed_request_of_all_threads_carries_the_certificate(threads in vec(vec(any::<bool>(), 0..6), 2..6)) {
        let client = ClientCertificate::presented(FIXTURES[0].as_slice(), Verification::Success);
        let connection = ConnectionState::new(client, Forwarding::cloudflare());
        let total = AtomicUsize::new(0);
        let (connection, carried) = (&connection, &total);
        std::thread::scope(|scope| {
            for requests in &threads {
                scope.spawn(move || {
                    for arrives in requests {
                        let claim = connection.claim();
                        assert_eq!(claim.lines().count(), if claim.is_first() { 2 } else { 0 });
                        if *arrives {
                            carried.fetch_add(usize::from(claim.is_first()), Ordering::Relaxed);
                            claim.commit();
                        }
                    }
                });
            }
        });
        let carried = total.into_inner();
        prop_assert!(carried <= 1, "{} requests carried it", carried);
        prop_assert_eq!(connection.is_sent(), carried == 1);
        let last = connection.claim();
        prop_assert_eq!(last.is_first(), carried == 0);
        last.commit();
        prop_assert!(connection.is_sent());
        prop_assert!(!connection.claim().is_first());
    }
}
