//! The name of the verified chain's root: given by the caller, sent for verified clients only, never taken from the client's chain.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::std_instead_of_alloc,
    clippy::unwrap_used,
    reason = "a test"
)]

mod common;

use common::der::{self, Parts};
use tls_client_auth::client::VerifyError;
use tls_client_auth::field::{AttributeType, Field, Limits, NameForm, Occurrence};
use tls_client_auth::{ClientCertificate, Dialect, HeaderSet, Verification};

fn certificate(subject: &str, issuer: &str, serial: u8) -> Vec<u8> {
    let parts = Parts::with(|parts| {
        parts.subject = der::common_name(subject);
        parts.issuer = der::common_name(issuer);
        parts.serial = der::tlv(der::INTEGER, [serial]);
    });
    parts.der()
}

fn root_subject(client: &ClientCertificate, form: NameForm) -> Option<String> {
    let rows = [("X-Root", Field::RootSubject(form))];
    let set = HeaderSet::new("own", Dialect::OpenSsl, rows).unwrap().including_untrusted();
    set.lines(client, Limits::new()).get("X-Root").map(str::to_owned)
}

#[test]
fn the_root_is_written_for_verified_clients_only() {
    let [leaf, own, root] = [("leaf", "CA"), ("mallory", "mallory"), ("CA", "CA")]
        .map(|(subject, issuer)| certificate(subject, issuer, 1));
    let sent = |verification| ClientCertificate::presented(&leaf[..], verification).chain([&own]);
    let cases = [
        ("verified", sent(Verification::Success).verified_root(&root[..]), Some("CN=CA")),
        (
            "named before the chain is added",
            sent(Verification::Success).verified_root(&root[..]).chain([&own]),
            Some("CN=CA"),
        ),
        ("not named", sent(Verification::Success), None),
        ("an empty slice", sent(Verification::Success).verified_root(&[][..]), None),
        ("not a certificate", sent(Verification::Success).verified_root(&root[..9]), None),
        (
            "the leaf is not a certificate",
            ClientCertificate::presented(&leaf[..9], Verification::Success)
                .verified_root(&root[..]),
            Some("CN=CA"),
        ),
        (
            "known by its digest",
            ClientCertificate::known_by_sha256([1; 32], Verification::Success)
                .verified_root(&root[..]),
            Some("CN=CA"),
        ),
        ("failed", sent(VerifyError::CertHasExpired.into()).verified_root(&root[..]), None),
        ("not verified", sent(Verification::None).verified_root(&root[..]), None),
        ("nobody", ClientCertificate::none().verified_root(&root[..]), None),
        (
            "failed, looked for",
            sent(VerifyError::CertHasExpired.into()).verified_root_among([&root]),
            None,
        ),
    ];
    for (case, client, expected) in cases {
        assert_eq!(root_subject(&client, NameForm::Rfc2253).as_deref(), expected, "{case}");
        assert_eq!(
            client.chain_certificates().len(),
            usize::from(case != "nobody" && client.leaf() == Some(&leaf)),
            "{case}"
        );
        assert!(!format!("{client:?}").contains("CA\""), "{case}");
    }
}

#[test]
fn the_root_is_searched_among_the_trusted_certificates() {
    let [root, other, intermediate, upper, again, cross, back] = [
        ("R", "R", 1),
        ("S", "S", 1),
        ("I", "U", 1),
        ("U", "R", 1),
        ("R", "R", 2),
        ("A", "B", 1),
        ("B", "A", 1),
    ]
    .map(|(subject, issuer, serial)| certificate(subject, issuer, serial));
    let cases = [
        ("one", "R", vec![&root], Some("CN=R")),
        ("one, through an intermediate that the client sent", "X", vec![&root], Some("CN=R")),
        ("two", "R", vec![&other, &root], Some("CN=R")),
        ("two, through an intermediate that the client sent", "X", vec![&other, &root], None),
        ("through trusted intermediates", "I", vec![&intermediate, &root, &upper], Some("CN=R")),
        ("up to one without an issuer", "I", vec![&intermediate, &other], Some("CN=I")),
        ("the same twice", "R", vec![&root, &other, &root], Some("CN=R")),
        ("two of one name", "R", vec![&root, &again], None),
        ("two of one name, higher up", "U", vec![&upper, &root, &again], None),
        ("two that issued each other", "A", vec![&cross, &back], None),
        ("none", "R", vec![], None),
    ];
    for (case, issuer, authorities, expected) in cases {
        let leaf = certificate("leaf", issuer, 1);
        // The chain that the client sends leads to another root.
        let client = ClientCertificate::presented(leaf, Verification::Success)
            .chain([certificate(issuer, "S", 9)])
            .verified_root_among(authorities);
        assert_eq!(root_subject(&client, NameForm::Rfc2253).as_deref(), expected, "{case}");
    }
}

#[test]
fn the_root_s_name_has_every_form() {
    let root = der::name(&[
        &[der::attribute(der::C, der::PRINTABLE_STRING, "DE")],
        &[der::attribute(der::O, der::UTF8_STRING, "Acme, Inc.")],
        &[der::attribute(der::CN, der::UTF8_STRING, "Root ")],
    ]);
    let root = Parts::with(|parts| parts.subject.clone_from(&root)).der();
    let client = ClientCertificate::presented(certificate("leaf", "x", 1), Verification::Success)
        .verified_root(root);
    let cases = [
        (NameForm::Rfc2253, "CN=Root\\ ,O=Acme\\, Inc.,C=DE"),
        (NameForm::Legacy, "/C=DE/O=Acme, Inc./CN=Root\\x20"),
        (NameForm::HaProxy, "/C=DE/O=Acme, Inc./CN=Root%20"),
        (NameForm::CommonName, "Root%20"),
        (NameForm::Attribute(AttributeType::CommonName, Occurrence::First), "Root\\20"),
        (NameForm::EachAttribute(AttributeType::Organization), "Acme\\, Inc."),
    ];
    for (form, expected) in cases {
        assert_eq!(root_subject(&client, form).as_deref(), Some(expected), "{form:?}");
    }
}
