//! Compares the header sets with what nginx, Apache and HAProxy sent for the same certificates. Every value is equal or listed in
//! [`DIFFERENCES`], and every row of that table still differs.
//!
//! `tools/peers_fixture.py` writes the fixture.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::std_instead_of_alloc,
    clippy::unwrap_used,
    reason = "a test"
)]

#[path = "common/peers.rs"]
mod observed;

use std::collections::BTreeSet;

use base64::Engine as _;
use observed::{Archive, Headers, Listener, OBSERVED_AT, archive, fixture};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use tls_client_auth::field::Limits;
use tls_client_auth::{ClientCertificate, Dialect, HeaderSet, Receiver, Verification};

/// A recorded listener, the set that must equal it, and pairs of our and its header names where they are not the same.
struct Replay {
    listener: &'static str,
    set: fn() -> HeaderSet,
    names: &'static [(&'static str, &'static str)],
}

const INGRESS: &[(&str, &str)] = &[
    ("ssl-client-subject-dn", "ssl-client-s-dn"),
    ("ssl-client-issuer-dn", "ssl-client-i-dn"),
    ("ssl-client-cert", "ssl-client-escaped-cert"),
];

const MANUAL: &[(&str, &str)] = &[
    ("X-SSL", "ssl-fc"),
    ("X-SSL-Client-Verify", "ssl-c-verify"),
    ("X-SSL-Client-DN", "ssl-c-s-dn"),
    ("X-SSL-Client-CN", "ssl-c-s-dn-cn"),
    ("X-SSL-Issuer", "ssl-c-i-dn"),
    ("X-SSL-Client-NotBefore", "ssl-c-notbefore"),
    ("X-SSL-Client-NotAfter", "ssl-c-notafter"),
    ("X-SSL-Client-SHA1", "ssl-c-sha1-hex"),
];

const REPLAYS: [Replay; 8] = [
    Replay { listener: "nginx-1.22/optional_no_ca", set: HeaderSet::nginx, names: &[] },
    Replay { listener: "nginx-1.28/optional_reveal", set: HeaderSet::nginx, names: &[] },
    Replay { listener: "nginx-1.22/optional_no_ca", set: HeaderSet::ingress_nginx, names: INGRESS },
    Replay {
        listener: "nginx-1.28/optional_reveal",
        set: HeaderSet::ingress_nginx,
        names: INGRESS,
    },
    Replay { listener: "apache-2.4/optional_no_ca", set: HeaderSet::apache, names: &[] },
    Replay {
        listener: "apache-2.4/optional_no_ca_legacy",
        set: HeaderSet::apache_legacy,
        names: &[],
    },
    Replay { listener: "haproxy-2.6/any", set: HeaderSet::haproxy, names: &[] },
    Replay { listener: "haproxy-2.6/any", set: HeaderSet::haproxy_manual, names: MANUAL },
];

/// Peers and the placeholder that they send for a missing value; the crate sends no header.
const NO_VALUE: [(&str, &str); 2] = [("apache-2.4", "(null)"), ("haproxy-2.6", "")];

/// Headers of a peer that end in a space without meaning; ours do not.
const SPACE_BEHIND: [(&str, &str); 3] = [
    ("apache-2.4", "SSL-CLIENT-CERT"),
    ("apache-2.4", "SSL-CLIENT-CERT-CHAIN-0"),
    ("apache-2.4", "SSL-CLIENT-CERT-CHAIN-1"),
];

/// Peer, recorded header, reason, and certificates.
type Difference = (&'static str, &'static str, &'static str, &'static [&'static str]);

const DIFFERENCES: &[Difference] = &[
    (
        "nginx-1.28",
        "ssl-client-v-start",
        "nginx sends `Bad time value`, the crate no header",
        &["time_bad_month"],
    ),
    (
        "apache-2.4/optional_no_ca",
        "SSL-CLIENT-S-DN",
        "Apache sends UTF-8, the crate its escapes",
        &["dn_bmp", "dn_ia5_high", "dn_utf8_c1"],
    ),
    (
        "apache-2.4",
        "SSL-CLIENT-SAN-DNS-0",
        "Apache sends UTF-8, the crate its escapes",
        &["san_nonascii"],
    ),
    (
        "nginx",
        "ssl-client-s-dn-legacy",
        "nginx sends a space at the end of a name raw, the crate escapes it",
        &["ch_space_two", "inj_lf_header"],
    ),
    (
        "apache-2.4/optional_no_ca_legacy",
        "SSL-CLIENT-S-DN",
        "Apache sends a space at the end of a name raw, the crate escapes it",
        &["ch_space_two", "inj_lf_header"],
    ),
    (
        "haproxy-2.6",
        "ssl-c-s-dn",
        "HAProxy sends a space at the end of a name raw, the crate escapes it",
        &["ch_space_two", "inj_lf_header"],
    ),
    (
        "haproxy-2.6",
        "ssl-c-s-dn-cn",
        "HAProxy sends spaces at the ends of a name raw, the crate escapes them",
        &["ch_lead_special", "ch_space_two", "inj_lf_header"],
    ),
    (
        "haproxy-2.6",
        "ssl-c-verify",
        "without a certificate HAProxy sends 0, as for a good one, the crate no header",
        &["key_secp256k1", "none"],
    ),
    (
        "haproxy-2.6",
        "ssl-c-s-dn",
        "HAProxy sends a tab raw, the crate escapes it as other control bytes",
        &["ch_tab", "ch_tab_lead"],
    ),
    (
        "haproxy-2.6",
        "ssl-c-s-dn",
        "HAProxy sends bytes over 0x7F raw, the crate escapes them as control bytes",
        &["dn_bitstring", "dn_bmp", "dn_ia5_high", "dn_unknown_oid", "dn_utf8_c1"],
    ),
    (
        "haproxy-2.6",
        "ssl-c-s-dn",
        "HAProxy sends a `%` that reads as an escape raw, the crate escapes it",
        &["ch_percent"],
    ),
    (
        "haproxy-2.6",
        "ssl-c-s-dn-cn",
        "HAProxy sends a tab and bytes over 0x7F raw, the crate escapes them",
        &["ch_tab", "ch_tab_lead", "dn_bmp", "dn_ia5_high", "dn_utf8_c1"],
    ),
    (
        "haproxy-2.6",
        "ssl-c-s-dn-cn",
        "HAProxy sends a `%` that reads as an escape raw, the crate escapes it",
        &["ch_percent"],
    ),
];

/// The verification result, from the listener's own header.
fn verification(headers: &Headers) -> Option<Verification> {
    if headers.get("ssl-c-used").is_some_and(|used| used == "0") {
        return Some(Verification::None);
    }
    if let Some(code) = headers.get("ssl-c-verify") {
        return Some(Verification::from_code(code.parse().ok()?, Dialect::OpenSsl));
    }
    let text = headers.get("ssl-client-verify").or_else(|| headers.get("SSL-CLIENT-VERIFY"))?;
    text.parse().ok()
}

fn client(archive: &Archive, certificate: &str, headers: &Headers) -> ClientCertificate {
    let verification = verification(headers).expect("every listener sends the verdict");
    let client = match verification {
        Verification::None => ClientCertificate::none(),
        verification => {
            let der = fixture(&format!("{certificate}.der"));
            let engine = base64::engine::general_purpose::STANDARD;
            let chain = archive.chains.get(certificate).into_iter().flatten();
            ClientCertificate::presented(der, verification)
                .chain(chain.map(|der| engine.decode(der).unwrap()))
        }
    };
    // The sets fix their dialect, so the client's must not matter.
    client
        .dialect(Dialect::BoringSsl)
        .seen_at(OffsetDateTime::from_unix_timestamp(OBSERVED_AT.into()).unwrap())
}

/// Whether our value equals the recorded one, which is a text or the digest of a text.
fn is_same(ours: Option<&str>, theirs: Option<&str>) -> bool {
    match (ours, theirs) {
        (Some(ours), Some(theirs)) => match theirs.strip_prefix("sha256:") {
            Some(digest) => {
                let hex: String =
                    Sha256::digest(ours).iter().map(|byte| format!("{byte:02x}")).collect();
                hex == digest
            }
            None => ours == theirs,
        },
        (ours, theirs) => ours == theirs,
    }
}

#[test]
fn sets_send_what_the_proxies_sent() {
    let archive = archive();
    let mut failures = Vec::new();
    let mut met = BTreeSet::new();
    for Replay { listener, set, names } in REPLAYS {
        let set = set();
        let observed = &archive.listeners[listener];
        let (mut equal, mut no_value, mut different) = (0, 0, 0);
        for (certificate, headers) in &observed.certificates {
            let client = client(&archive, certificate, headers);
            let lines = set.lines(&client, Limits::new());
            assert_eq!(lines.too_large().len(), 0, "{certificate}");
            for (name, _) in set.rows() {
                let theirs_name =
                    names.iter().find(|(ours, _)| *ours == name).map_or(name, |(_, theirs)| theirs);
                if !observed.headers.iter().any(|header| header == theirs_name) {
                    continue;
                }
                let (ours, theirs) =
                    (lines.get(name), headers.get(theirs_name).map(String::as_str));
                let documented = DIFFERENCES.iter().position(|(peer, header, _, certificates)| {
                    // A row names a listener, a version of a proxy, or a proxy.
                    let proxy = listener.split('/').next().unwrap_or_default();
                    (listener == *peer || proxy == *peer || proxy.split('-').next() == Some(peer))
                        && *header == theirs_name
                        && certificates.contains(&certificate.as_str())
                });
                let is_no_value = ours.is_none()
                    && NO_VALUE
                        .iter()
                        .any(|(peer, text)| listener.starts_with(peer) && theirs == Some(text));
                let spaced = SPACE_BEHIND
                    .iter()
                    .any(|(peer, header)| listener.starts_with(peer) && *header == theirs_name)
                    .then(|| ours.map(|ours| format!("{ours} ")))
                    .flatten();
                match (is_same(ours, theirs), documented) {
                    (false, None) if spaced.is_some() && is_same(spaced.as_deref(), theirs) => {
                        different += 1;
                    }
                    (true, None) => equal += 1,
                    (false, None) if is_no_value => no_value += 1,
                    (false, Some(row)) => {
                        different += 1;
                        met.insert((row, certificate.clone()));
                    }
                    (false, None) => failures.push(format!(
                        "{listener} {certificate} {name}\n  ours   {ours:?}\n  theirs {theirs:?}"
                    )),
                    (true, Some(_)) => failures.push(format!(
                        "{listener} {certificate} {name}: equal, but documented as different"
                    )),
                }
            }
        }
        println!(
            "{} as {listener}: {equal} equal, {no_value} without a value, {different} different as documented",
            set.name()
        );
        assert!(equal > 0, "{listener}");
    }
    for (row, (peer, header, _, certificates)) in DIFFERENCES.iter().enumerate() {
        for certificate in *certificates {
            if !met.contains(&(row, (*certificate).to_owned())) {
                failures.push(format!("{peer} {certificate} {header}: the difference is gone"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Names that nginx sent in both forms, without the certificate.
#[test]
fn a_receiver_accepts_both_forms_of_a_name() {
    let names = [
        "ssl-client-s-dn",
        "ssl-client-i-dn",
        "ssl-client-s-dn-legacy",
        "ssl-client-i-dn-legacy",
        "ssl-client-verify",
    ];
    let receiver = Receiver::nginx().only(names).unwrap();
    let mut both = 0;
    for (listener, Listener { certificates, .. }) in &archive().listeners {
        for (certificate, headers) in certificates {
            let sent = headers.iter().filter(|(name, _)| names.contains(&name.as_str()));
            let sent: Vec<_> = sent.collect();
            if sent.len() == names.len() {
                let received = receiver.receive(&sent);
                assert!(received.is_ok(), "{listener}, {certificate}: {received:?}");
                both += 1;
            }
        }
    }
    assert!(both > 100, "{both}");
}
