//! No set sends a certificate of the chain without the leaf, or without the certificates before it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tls_client_auth::field::{CertificateForm, ChainForm, Field, Limits, UrlForm};
use tls_client_auth::{ClientCertificate, Dialect, HeaderSet, Verification};

use super::common::der::{self, Parts, of, tlv};
use super::verdicts::receiver;

/// A certificate of about this size, and twenty characters of its base64 that identify it in every encoding.
fn certificate(name: &str, size: usize) -> (Vec<u8>, String) {
    let mark: String = name.chars().cycle().take(120).collect();
    let der = Parts::with(|parts| {
        let value = tlv(der::OCTET_STRING, vec![0; size]);
        parts.subject = der::common_name(&mark);
        parts.extensions = vec![der::extension(&[0x2a, 0x03], of(der::SEQUENCE, &[value]))];
    })
    .der();
    let text = STANDARD.encode(&der);
    // The alignment of the name within the base64 is not known.
    let mark = (0..3).find_map(|shift| {
        let run = STANDARD.encode(mark.as_bytes().get(shift..shift + 30).unwrap());
        let run = run.get(..20).unwrap().to_owned();
        text.contains(&run).then_some(run)
    });
    (der, mark.unwrap())
}

fn sets() -> Vec<HeaderSet> {
    let escaped = UrlForm::Component;
    let own = |rows: [(&str, Field); 2]| HeaderSet::new("own", Dialect::OpenSsl, rows).unwrap();
    let mut sets = HeaderSet::all();
    sets.push(own([
        ("x-chain", Field::Chain(ChainForm::CommaBase64)),
        ("x-leaf", Field::Certificate(CertificateForm::EscapedPem(escaped))),
    ]));
    sets.push(own([
        ("x-leaf", Field::Certificate(CertificateForm::OneLinePem)),
        ("x-chain", Field::Chain(ChainForm::EscapedPem(escaped))),
    ]));
    sets
}

#[test]
fn a_chain_is_sent_with_its_leaf() {
    let (small, large) = (30, 900);
    // The limit is 1,000 characters.
    let cases = [
        ("all fit", [small, small, small]),
        ("the leaf is too large", [large, small, small]),
        ("the first of the chain is too large", [small, large, small]),
        ("the second of the chain is too large", [small, small, large]),
    ];
    let limits = Limits::new().encoded_leaf(1_000);
    let mut with_chain = 0;
    for (case, sizes) in cases {
        let [(leaf, of_leaf), (one, of_one), (two, of_two)] =
            [("leaf", sizes[0]), ("middle", sizes[1]), ("upper", sizes[2])]
                .map(|(name, size)| certificate(name, size));
        for leaf_is_known in [true, false] {
            let known = if leaf_is_known { &leaf[..] } else { &[] };
            let client =
                ClientCertificate::presented(known, Verification::Success).chain([&one, &two]);
            for set in sets() {
                let lines = set.lines(&client, limits);
                let texts: Vec<_> = lines.iter().map(|line| line.value()).collect();
                let has = |mark: &str| {
                    texts.iter().any(|text| {
                        text.replace("%0A", "").replace("\\n", "").replace(' ', "").contains(mark)
                    })
                };
                let case = format!("{}, {case}, {leaf_is_known}", set.name());
                let sent = [has(&of_leaf), has(&of_one), has(&of_two)];
                assert!(!sent[1] || sent[0], "{case}: {sent:?}");
                assert!(!sent[2] || sent[1], "{case}: {sent:?}");
                with_chain += usize::from(sent[1]);
                let left_out = lines.too_large().count() > 0;
                assert!(
                    !leaf_is_known
                        || sent[0]
                        || left_out
                        || set.rows().all(|(_, field)| !matches!(field, Field::Certificate(_))),
                    "{case}: a leaf that is left out is reported"
                );
                if set.name() != "own" {
                    let pairs: Vec<_> =
                        lines.iter().map(|line| (line.name(), line.value())).collect();
                    let received = receiver(&set).receive(&pairs);
                    assert!(received.is_ok(), "{case}: {received:?}");
                }
            }
        }
    }
    assert!(with_chain > 15, "only {with_chain} chains were sent");
}
