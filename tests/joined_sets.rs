//! Several sets in one forwarding: each set's reader gets what the set promises, also if other sets send the same header names.

#![allow(clippy::unwrap_used, clippy::std_instead_of_alloc, reason = "a test")]

use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any, prop_assert, proptest};
use proptest::sample::select;
use tls_client_auth::client::VerifyError;
use tls_client_auth::field::{
    CertificateForm, ChainForm, DigestForm, Field, Flag, Limits, NameForm, SerialForm, VerdictForm,
};
use tls_client_auth::{
    ClientCertificate, ConnectionState, Dialect, Forwarding, HeaderSet, Receiver, Unstated,
    Verification,
};

const LEAF: &[u8] = include_bytes!("fixtures/plain.der");
const ISSUER: &[u8] = include_bytes!("fixtures/ca.der");

type Lines = Vec<(String, String)>;

fn clients() -> [(&'static str, ClientCertificate); 6] {
    let presented =
        |verification| ClientCertificate::presented(LEAF, verification).chain([ISSUER, ISSUER]);
    let expired = || presented(VerifyError::CertHasExpired.into());
    [
        ("none", ClientCertificate::none()),
        ("trusted", presented(Verification::Success)),
        ("not verified", presented(Verification::None)),
        ("failed", expired()),
        ("revoked", presented(Verification::Success).revoked(true)),
        ("revoked and failed", expired().revoked(true)),
    ]
}

/// The lines of a connection's first two requests, and of a request without a connection.
fn requests(client: &ClientCertificate, forwarding: &Forwarding) -> [Lines; 3] {
    let connection = ConnectionState::new(client.clone(), forwarding.clone());
    let mut requests: [Lines; 3] = Default::default();
    let [first, second, alone] = &mut requests;
    connection.forward(first).commit();
    connection.forward(second).commit();
    forwarding.claim(None).apply(alone);
    requests
}

/// The set's receiver: it reads the verdict, or knows that the set is sent for trusted clients only.
fn reader(set: &HeaderSet) -> Option<Receiver> {
    Receiver::of(set, None).or_else(|_| Receiver::of(set, Some(Unstated::Verified))).ok()
}

fn every(set: &HeaderSet) -> Forwarding {
    Forwarding::none().on_every_request(set.clone())
}

#[test]
fn no_reader_trusts_a_client_that_is_not_trusted() {
    let readers = HeaderSet::readers().map(|(set, _)| set);
    let sets: Vec<HeaderSet> = HeaderSet::all().into_iter().chain(readers).collect();
    let clients = clients();
    let folded = |name: &str| name.to_ascii_lowercase().replace('_', "-");
    let shares = |one: &HeaderSet, other: &HeaderSet| {
        let names: Vec<String> = other.rows().map(|(name, _)| folded(name)).collect();
        one.rows().any(|(name, _)| names.contains(&folded(name)))
    };
    let (mut pairs, mut trusted) = (0, 0);
    for one in &sets {
        for other in sets.iter().filter(|other| shares(one, other)) {
            pairs += 1;
            let joined = [
                every(one).on_every_request(other.clone()),
                every(one).on_first_request(other.clone()),
                Forwarding::none().on_first_request(one.clone()).on_first_request(other.clone()),
            ];
            for (forwarding, (kind, client)) in
                joined.iter().flat_map(|joined| clients.iter().map(move |client| (joined, client)))
            {
                for (at, lines) in requests(client, forwarding).iter().enumerate() {
                    for set in [one, other] {
                        let Some(Ok(read)) = reader(set).map(|reader| reader.receive(lines)) else {
                            continue;
                        };
                        trusted += usize::from(read.is_trusted());
                        assert!(
                            !read.is_trusted() || client.is_trusted() && at < 2,
                            "{} of {} and {}: {kind}, request {at}",
                            set.name(),
                            one.name(),
                            other.name(),
                        );
                    }
                }
            }
        }
    }
    assert!(pairs > sets.len(), "{pairs}");
    assert!(trusted > pairs, "{trusted} requests of a trusted client are read as trusted");
}

/// Two sets of the caller's own on every request: the header names that each client's requests carry.
#[test]
fn a_shared_header_is_sent_for_clients_for_whom_both_sets_send_it() {
    let set = |rows: &[(&str, Field)]| {
        HeaderSet::new("own", Dialect::OpenSsl, rows.iter().copied()).unwrap()
    };
    let (serial, verdict) = (Field::Serial(SerialForm::Hex), Field::Verdict(VerdictForm::Text));
    let (sha256, verified) = (Field::Sha256(DigestForm::Lower), Field::Verified);
    let revoked = Field::Revoked(Flag::Digit);
    let subject = Field::Subject(NameForm::Rfc2253);
    let with_verdict = || set(&[("X-Serial", serial), ("X-Verify", verdict)]);
    let without = || set(&[("X-Serial", serial)]);
    let in_two = || set(&[("X-Serial", serial), ("X-Verified", verified), ("X-Revoked", revoked)]);
    // For each pair: what a failed, a revoked and a trusted client gets.
    type Case<'c> = (&'c str, [HeaderSet; 2], [&'c [&'c str]; 3]);
    let cases: [Case<'_>; 9] = [
        ("equal sets", [with_verdict(), with_verdict()], [&["X-Serial", "X-Verify"]; 3]),
        (
            "one has no verdict",
            [with_verdict(), without()],
            [&["X-Verify"], &["X-Verify"], &["X-Serial", "X-Verify"]],
        ),
        (
            "the other has no verdict",
            [without(), with_verdict()],
            [&["X-Verify"], &["X-Verify"], &["X-Serial", "X-Verify"]],
        ),
        (
            "the first includes untrusted clients",
            [without().including_untrusted(), with_verdict()],
            [&["X-Serial", "X-Verify"]; 3],
        ),
        (
            "the second includes untrusted clients",
            [with_verdict(), without().including_untrusted()],
            [&["X-Serial", "X-Verify"]; 3],
        ),
        (
            "including untrusted clients, beside one without a verdict",
            [without().including_untrusted(), set(&[("x_serial", serial), ("X-Sha", sha256)])],
            [&[], &[], &["X-Serial", "X-Sha"]],
        ),
        (
            "facts for trusted clients",
            [with_verdict(), with_verdict().facts_for_trusted()],
            [&["X-Verify"], &["X-Verify"], &["X-Serial", "X-Verify"]],
        ),
        (
            "half of a verdict, which is a whole one for the other set's reader",
            [in_two(), set(&[("X-Verified", verified)])],
            [&[], &[], &["X-Serial", "X-Verified", "X-Revoked"]],
        ),
        (
            "another field has the verdict's name",
            [set(&[("X-Verify", subject)]), with_verdict()],
            [&[], &[], &["X-Verify", "X-Serial"]],
        ),
    ];
    let [_, (_, trusted), _, (_, failed), (_, revoked), _] = clients();
    for (case, [one, other], expected) in cases {
        let forwarding = every(&one).on_every_request(other);
        for (client, expected) in [&failed, &revoked, &trusted].into_iter().zip(expected) {
            for lines in requests(client, &forwarding).iter().take(2) {
                let names: Vec<_> = lines.iter().map(|(name, _)| name.as_str()).collect();
                assert_eq!(names, expected, "{case}: {client:?}");
            }
        }
    }
}

#[test]
fn no_chain_is_sent_if_another_set_uses_the_name_of_its_leaf() {
    let is_of_chain = |field: Field| matches!(field, Field::Chain(_) | Field::ChainCertificate(..));
    let readers = HeaderSet::readers().map(|(set, _)| set);
    let [_, (_, trusted), ..] = clients();
    let mut chains = 0;
    for set in HeaderSet::all().into_iter().chain(readers) {
        let names: Vec<(&str, Field)> = set.rows().collect();
        let leaf = names.iter().find(|(_, field)| matches!(field, Field::Certificate(_)));
        let chain: Vec<&str> =
            names.iter().filter(|(_, field)| is_of_chain(*field)).map(|(name, _)| *name).collect();
        let (Some((leaf, _)), [first_of_chain, ..]) = (leaf, &chain[..]) else { continue };
        let other = |name| {
            let rows = [(name, Field::Serial(SerialForm::Hex))];
            HeaderSet::new("other", Dialect::OpenSsl, rows).unwrap()
        };
        let count = |forwarding: &Forwarding| {
            let requests = requests(&trusted, forwarding);
            let carried = requests
                .iter()
                .flatten()
                .filter(|(name, value)| chain.contains(&name.as_str()) && value.len() > 100);
            carried.count()
        };
        assert!(count(&every(&set)) > 0, "{}", set.name());
        for taken in [leaf, first_of_chain] {
            let before = every(&other(taken));
            for forwarding in
                [before.clone().on_every_request(set.clone()), before.on_first_request(set.clone())]
            {
                assert_eq!(count(&forwarding), 0, "{}: {taken}", set.name());
            }
        }
        // The same leaf may come from another set's row.
        let same = set.clone().only([*leaf]).unwrap();
        assert!(count(&every(&same).on_first_request(set.clone())) > 0, "{}", set.name());
        chains += 1;
    }
    assert!(chains > 5, "{chains}");
}

/// If another set sends the leaf's header in another form, with other text or under another limit, no chain is sent.
#[test]
fn a_chain_is_sent_beside_its_own_leaf_only() {
    let [_, (_, trusted), ..] = clients();
    let set = |rows: &[(&str, Field)]| {
        HeaderSet::new("own", Dialect::OpenSsl, rows.iter().copied()).unwrap()
    };
    let leaf = Field::Certificate(CertificateForm::ByteSequence);
    let chain = || {
        let rows = [("Client-Cert", leaf), ("X-Chain", Field::Chain(ChainForm::ByteSequences))];
        set(&rows)
    };
    let one_line = Field::Certificate(CertificateForm::OneLinePem);
    let own_leaf = || set(&[("client_cert", leaf)]);
    let cases = [
        ("the same", own_leaf(), true),
        ("another form", set(&[("Client-Cert", one_line)]), false),
        ("text around it", own_leaf().surrounded("Client-Cert", "<", ">").unwrap(), false),
        ("another limit", HeaderSet::rfc9440().only(["Client-Cert"]).unwrap(), false),
    ];
    for (case, other, is_sent) in cases {
        let joined = [
            every(&other).on_every_request(chain()),
            every(&other).on_first_request(chain()),
            Forwarding::none().on_first_request(other).on_first_request(chain()),
        ];
        for forwarding in joined {
            let [first, ..] = requests(&trusted, &forwarding);
            assert_eq!(first.iter().any(|(name, _)| name == "X-Chain"), is_sent, "{case}");
            // If the leaf exceeds its limit, the chain is not sent either.
            let [first, ..] = requests(
                &trusted,
                &forwarding.limits(Limits::new().encoded_leaf(99).other_sets(999)),
            );
            let has =
                |wanted: &str| first.iter().any(|(name, _)| name.eq_ignore_ascii_case(wanted));
            assert!(!has("X-Chain") || has("client-cert") || has("client_cert"), "{case}");
        }
    }
}

/// The client chooses the bytes of its chain: another set's reader must not take them for the leaf or for a name.
#[test]
fn no_chain_is_sent_under_a_name_that_another_set_uses() {
    let [_, (_, trusted), ..] = clients();
    let set = |rows: &[&str]| {
        let rows = rows.iter().map(|row| row.split_once('=').unwrap());
        let rows = rows.map(|(name, field)| (name, field.parse().unwrap()));
        HeaderSet::new("own", Dialect::OpenSsl, rows).unwrap()
    };
    let chains = ["chain:comma-base64", "chain-certificate:0:base64", "chain-certificate:1:base64"];
    let others = ["certificate:base64", "leaf-and-chain:comma-base64", "subject:base64"];
    for chain in chains {
        let with_chain = set(&["X-Leaf=certificate:base64", &format!("X-C={chain}")]);
        for other in others.into_iter().chain(chains) {
            let other_set = set(&["X-Other=certificate:base64", &format!("x_c={other}")]);
            let joined = [
                every(&with_chain).on_every_request(other_set.clone()),
                every(&with_chain).on_first_request(other_set),
            ];
            for forwarding in joined {
                let [first, second, _] = requests(&trusted, &forwarding);
                for (name, _) in first.iter().chain(&second) {
                    let is_free = chains.contains(&other) || !name.eq_ignore_ascii_case("x-c");
                    assert!(is_free, "{chain} and {other}");
                }
            }
        }
        let [first, ..] = requests(&trusted, &every(&with_chain));
        assert!(first.iter().any(|(name, _)| name == "X-C"), "{chain}");
    }
}

/// A set's reader cannot read a verdict in another form, or with text around it.
#[test]
fn a_verdict_counts_in_its_own_form_only() {
    let [_, _, _, (_, failed), ..] = clients();
    let verdict = |form| {
        let rows =
            [("X-Verify", Field::Verdict(form)), ("X-Serial", Field::Serial(SerialForm::Hex))];
        HeaderSet::new("own", Dialect::OpenSsl, rows).unwrap()
    };
    let own = || verdict(VerdictForm::Text).only(["X-Verify", "X-Serial"]).unwrap();
    let cases = [
        ("the same", own(), true),
        ("another form", verdict(VerdictForm::Code), false),
        ("text around it", own().surrounded("X-Verify", "<", ">").unwrap(), false),
    ];
    for (case, other, is_sent) in cases {
        let other = other.only(["X-Verify"]).unwrap();
        let [first, ..] = requests(&failed, &every(&other).on_every_request(own()));
        assert_eq!(first.iter().any(|(name, _)| name == "X-Serial"), is_sent, "{case}");
    }
}

/// Fields for random sets: of a verdict, whole and in halves, and of facts.
const FIELDS: [&str; 17] = [
    "presented:digit",
    "verified",
    "verified-flag:word",
    "verdict:text",
    "verdict:code",
    "verdict:word",
    "revoked:digit",
    "revoked:word",
    "serial:hex",
    "subject:rfc2253",
    "sha256:lower",
    "certificate:byte-sequence",
    "certificate:base64",
    "chain:byte-sequences",
    "chain-certificate:0:base64",
    "leaf-and-chain:comma-base64",
    "xfcc:hash,subject",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_reader_of_random_sets_trusts_a_client_that_is_not_trusted(
        tables in vec((vec((select(&["X-A", "X-B", "X-C", "x_b", "X.C"]), select(&FIELDS)), 1..5), any::<[bool; 2]>()), 2..4)
    ) {
        let mut forwarding = Forwarding::none();
        let mut readers = Vec::new();
        for (rows, [is_for_every_request, for_trusted]) in tables {
            let rows = rows.iter().map(|(name, field)| (*name, field.parse::<Field>().unwrap()));
            // A duplicated name is an error.
            let Ok(set) = HeaderSet::new("own", Dialect::OpenSsl, rows) else { continue };
            let set = if for_trusted { set.facts_for_trusted() } else { set };
            readers.extend(reader(&set));
            forwarding = match is_for_every_request {
                true => forwarding.on_every_request(set),
                false => forwarding.on_first_request(set),
            };
        }
        for (kind, client) in clients() {
            for (at, lines) in requests(&client, &forwarding).iter().enumerate() {
                for read in readers.iter().filter_map(|reader| reader.receive(lines).ok()) {
                    let is_right = !read.is_trusted() || client.is_trusted() && at < 2;
                    prop_assert!(is_right, "{}, request {}: {:?}", kind, at, lines);
                    let leaf = read.client_certificate().leaf().unwrap_or_default();
                    prop_assert!(leaf.is_empty() || leaf == LEAF, "{}: {:?}", kind, lines);
                }
            }
        }
    }
}
