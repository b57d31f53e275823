//! Verdicts through every set, for every kind of client: an origin trusts exactly the clients that the proxy trusts.

use tls_client_auth::client::{Reason, VerifyError};
use tls_client_auth::field::{Field, Flag, Limits, NameForm, SerialForm, VerdictForm};
use tls_client_auth::{
    ClientCertificate, ConnectionState, Dialect, Forwarding, HeaderSet, Receiver, Unstated,
    Verification,
};

use super::{INTERMEDIATE, LEAF};

/// Every kind of client, by name.
fn clients() -> Vec<(&'static str, ClientCertificate)> {
    let presented = |verification| {
        ClientCertificate::presented(LEAF, verification)
            .chain([INTERMEDIATE])
            .dialect(Dialect::OpenSsl)
    };
    let failed = || Verification::from(VerifyError::CertHasExpired);
    let long = || Verification::Failed(Reason::other(&"a reason, ".repeat(2_000)));
    vec![
        ("none", ClientCertificate::none()),
        ("none, revoked", ClientCertificate::none().revoked(true)),
        ("trusted", presented(Verification::Success)),
        ("not verified", presented(Verification::None)),
        ("not verified, revoked", presented(Verification::None).revoked(true)),
        ("failed", presented(failed())),
        ("failed for a long reason", presented(long())),
        ("revoked", presented(Verification::Success).revoked(true)),
        ("revoked and failed", presented(failed()).revoked(true)),
        ("revoked by a list", presented(VerifyError::CertRevoked.into())),
    ]
}

/// The receiver for this set. A set without a verdict is read as [`Unstated::Verified`].
pub(crate) fn receiver(set: &HeaderSet) -> Receiver {
    let v = Unstated::Verified;
    match set.name() {
        "cloudflare" => Receiver::cloudflare(v),
        "cloudflare-worker" => Receiver::cloudflare_worker(),
        "cloudflare-managed" => Receiver::cloudflare_managed(),
        "rfc9440" => Receiver::rfc9440(v),
        "nginx" => Receiver::nginx(),
        "ingress-nginx" => Receiver::ingress_nginx(),
        "apache" | "apache-legacy" => Receiver::apache(),
        // Without a certificate HAProxy sends the verdict `0`, and this crate none.
        "haproxy" => Receiver::haproxy().verdict_may_be_absent(),
        "haproxy-manual" => Receiver::haproxy_manual().verdict_may_be_absent(),
        "aws-alb" => Receiver::aws_alb(v),
        "aws-alb-passthrough" => Receiver::aws_alb_passthrough(v),
        "cloudfront" => Receiver::cloudfront(v),
        "google" => Receiver::google(),
        "azure-app-service" => Receiver::azure_app_service(v),
        "azure-application-gateway" => Receiver::azure_application_gateway(),
        "kong" => Receiver::kong(v),
        "linkerd" => Receiver::linkerd(v),
        "cloud-foundry" => Receiver::cloud_foundry(v),
        "envoy" | "envoy-json" => Receiver::envoy(v),
        "traefik" | "traefik-escaped" => Receiver::traefik(v),
        "caddy" => Receiver::caddy(v),
        // Without a constructor of its own.
        _ => Receiver::of(set, None).or_else(|_| Receiver::of(set, Some(v))).unwrap(),
    }
}

type Lines = Vec<(String, String)>;

fn lines(set: &HeaderSet, client: &ClientCertificate, limits: Limits) -> Lines {
    let lines = set.lines(client, limits);
    lines.iter().map(|line| (line.name().to_owned(), line.value().to_owned())).collect()
}

#[test]
fn no_set_makes_a_client_trusted_or_distrusted() {
    for set in HeaderSet::all() {
        for limits in [Limits::new(), Limits::new().text(8), Limits::new().text(0)] {
            for (kind, client) in clients() {
                let sent = lines(&set, &client, limits);
                let case = format!("{}, {kind}, {limits:?}", set.name());
                let pairs: Vec<_> =
                    sent.iter().map(|(name, value)| (&name[..], &value[..])).collect();
                let received = receiver(&set)
                    .verdict_may_be_absent()
                    .receive(&pairs)
                    .unwrap_or_else(|error| panic!("{case}: {error}"));
                if limits == Limits::new() {
                    assert_eq!(received.is_trusted(), client.is_trusted(), "{case}: {sent:?}");
                }
                // With a small limit a trusted client may lose its headers, but no other client becomes trusted.
                assert!(client.is_trusted() || !received.is_trusted(), "{case}: {sent:?}");
                assert!(client.is_presented() || !received.is_presented(), "{case}");
            }
        }
    }
}

/// A caller's own set without a verdict that covers revocation is sent for trusted clients only.
#[test]
fn an_own_set_has_a_verdict_or_is_for_trusted_clients() {
    let fact = ("x-fact", Field::Serial(SerialForm::Hex));
    let revoked = ("x-revoked", Field::Revoked(Flag::Word));
    type Case<'c> = (&'c str, Vec<(&'c str, Field)>, bool);
    let cases: [Case<'_>; 9] = [
        ("no verdict", vec![fact], false),
        ("presence is not a verdict", vec![fact, ("x", Field::Presented(Flag::Digit))], false),
        ("Google's errors are not a verdict", vec![fact, ("x", Field::Errors)], false),
        ("the outcome alone", vec![fact, ("x", Field::Verified)], false),
        ("the outcome as a flag", vec![fact, ("x", Field::VerifiedFlag(Flag::Word))], false),
        ("revocation alone", vec![fact, revoked], false),
        ("outcome and revocation", vec![fact, ("x", Field::Verified), revoked], true),
        ("both as flags", vec![fact, ("x", Field::VerifiedFlag(Flag::Word)), revoked], true),
        ("a verdict", vec![fact, ("x", Field::Verdict(VerdictForm::Word))], true),
    ];
    for (case, rows, has_verdict) in cases {
        let set = HeaderSet::new("own", Dialect::OpenSsl, rows).unwrap();
        for (kind, client) in clients() {
            let sent = lines(&set, &client, Limits::new());
            let has_fact = sent.iter().any(|(name, _)| name == "x-fact");
            let expected = client.is_trusted() || has_verdict && client.is_presented();
            assert_eq!(has_fact, expected, "{case}, {kind}");
            assert!(
                has_verdict || client.is_trusted() || sent.is_empty(),
                "{case}, {kind}: {sent:?}"
            );
        }
        let set = set.including_untrusted();
        for (kind, client) in clients() {
            let has_fact = set.lines(&client, Limits::new()).get("x-fact").is_some();
            assert_eq!(has_fact, client.is_presented(), "{case}, {kind}, including untrusted");
        }
    }
}

#[test]
fn cloudflare_s_sets_never_say_revoked_beside_failed() {
    for (kind, client) in clients() {
        let managed = lines(&HeaderSet::cloudflare_managed(), &client, Limits::new());
        let value =
            |name: &str| managed.iter().find(|(own, _)| own == name).map(|(_, value)| &value[..]);
        let expected = match kind {
            "revoked" => [Some("true"), Some("true")],
            "not verified, revoked" => [Some("true"), Some("false")],
            "trusted" => [Some("false"), Some("true")],
            _ => [Some("false"), Some("false")],
        };
        assert_eq!(["cf-cert-revoked", "cf-cert-verified"].map(value), expected, "{kind}");
    }
    let revoked = ClientCertificate::presented(LEAF, Verification::Success).revoked(true);
    let worker = lines(&HeaderSet::cloudflare_worker(), &revoked, Limits::new());
    assert!(
        worker.contains(&("X-CERT-VERIFY".to_owned(), "FAILED:certificate revoked".to_owned()))
    );
    let received = Receiver::cloudflare_worker()
        .receive(&worker.iter().map(|(name, value)| (&name[..], &value[..])).collect::<Vec<_>>())
        .unwrap();
    assert_eq!(*received.verification(), VerifyError::CertRevoked.into());
}

/// Every pair of sets on every kind of request: facts of a client that is not trusted are sent only with their own set's verdict.
#[test]
fn joined_sets_keep_their_verdict() {
    let mut clients = clients();
    clients.retain(|(kind, _)| matches!(*kind, "none" | "trusted" | "failed" | "revoked"));
    let mut sets = HeaderSet::all();
    // A set with other fields under the names of verdicts.
    let takes = [
        ("SSL-Client-Verify", Field::Serial(SerialForm::Hex)),
        ("cf-cert-revoked", Field::Tls(Flag::Word)),
    ];
    sets.push(HeaderSet::new("takes", Dialect::OpenSsl, takes).unwrap().including_untrusted());
    type Add = fn(Forwarding, HeaderSet) -> Forwarding;
    let first: Add = Forwarding::on_first_request;
    let every: Add = Forwarding::on_every_request;
    let kinds = [
        ("first, every", first, every),
        ("every, first", every, first),
        ("first, first", first, first),
        ("every, every", every, every),
    ];
    let mut trusted = 0;
    for one in &sets {
        for other in &sets {
            for (kinds, add_one, add_other) in kinds {
                let forwarding = add_other(add_one(Forwarding::none(), one.clone()), other.clone());
                for (kind, client) in &clients {
                    let connection = ConnectionState::new(client.clone(), forwarding.clone());
                    for request in ["first", "later"] {
                        let claim = connection.claim();
                        let sent: Vec<(String, String)> = claim
                            .lines()
                            .map(|line| (line.name().to_owned(), line.value().to_owned()))
                            .collect();
                        claim.commit();
                        let case = format!(
                            "{} and {}, {kinds}, {kind}, {request} request",
                            one.name(),
                            other.name()
                        );
                        for set in [one, other].into_iter().filter(|set| set.name() != "takes") {
                            trusted += usize::from(beside_its_verdict(set, client, &sent, &case));
                        }
                    }
                }
            }
        }
    }
    assert!(trusted > 5000, "{trusted}");
}

/// Asserts that a reader of this set alone trusts only a trusted client, and gets no facts without the verdict. Returns whether the reader
/// trusts the client.
fn beside_its_verdict(
    set: &HeaderSet,
    client: &ClientCertificate,
    sent: &Lines,
    case: &str,
) -> bool {
    let own: Vec<(&str, &str)> = sent
        .iter()
        .filter(|(name, _)| set.rows().any(|(row, _)| row.eq_ignore_ascii_case(name)))
        .map(|(name, value)| (&name[..], &value[..]))
        .collect();
    // The reader may refuse a header of the other set under one of its names.
    let received = receiver(set).receive(&own);
    let is_trusted = received.is_ok_and(|auth| auth.is_trusted());
    assert!(client.is_trusted() || !is_trusted, "{case}: {own:?}");
    let is_verdict = |field: Field| {
        matches!(field, Field::Verdict(_) | Field::Verified | Field::VerifiedFlag(_))
    };
    let Some((verdict, _)) = set.rows().find(|(_, field)| is_verdict(*field)) else {
        return is_trusted;
    };
    let has_verdict = own.iter().any(|(name, _)| name.eq_ignore_ascii_case(verdict));
    let facts = |field: Field| matches!(field, Field::Subject(_) | Field::Certificate(_));
    let has_facts = set
        .rows()
        .filter(|(_, field)| facts(*field))
        .any(|(row, _)| own.iter().any(|(name, _)| name.eq_ignore_ascii_case(row)));
    assert!(!has_facts || has_verdict || client.is_trusted(), "{case}: {own:?}");
    is_trusted
}

/// A set with every row about the verification, and a subject: a client is trusted if and only if all present rows agree that it is.
#[test]
fn one_row_against_trust_is_enough() {
    /// A header, its field, its value for a trusted client, and two values against trust.
    type Row = (&'static str, Field, &'static str, [&'static str; 2]);
    let rows: [Row; 9] = [
        ("x-text", Field::Verdict(VerdictForm::Text), "SUCCESS", ["NONE", "FAILED"]),
        ("x-code", Field::Verdict(VerdictForm::Code), "0", ["10", "1"]),
        (
            "x-constant",
            Field::Verdict(VerdictForm::Constant),
            "X509_V_OK",
            ["X509_V_ERR_CERT_HAS_EXPIRED"; 2],
        ),
        ("x-word", Field::Verdict(VerdictForm::Word), "true", ["false", "FALSE"]),
        ("x-verified", Field::Verified, "SUCCESS", ["NONE", "FAILED:path loop"]),
        ("x-flag", Field::VerifiedFlag(Flag::Word), "true", ["false", "1"]),
        ("x-revoked", Field::Revoked(Flag::Digit), "0", ["1", "yes"]),
        ("x-presented", Field::Presented(Flag::Digit), "1", ["0", "true"]),
        ("x-errors", Field::Errors, "", ["expired", "none"]),
    ];
    let subject = ("x-subject", Field::Subject(NameForm::Rfc2253));
    let own = rows.iter().map(|(name, field, ..)| (*name, *field)).chain([subject]);
    let set = HeaderSet::new("own", Dialect::OpenSsl, own).unwrap();
    let receiver = Receiver::of(&set, None).unwrap();
    let (mut trusted, mut refused) = (0, 0);
    for said in 0..4usize.pow(9) {
        // Each row is absent, good, or has one of two values against trust. At most two rows have one.
        let said: Vec<usize> = (0..9).map(|row| said / 4usize.pow(row) % 4).collect();
        if said.iter().filter(|what| **what > 1).count() > 2 {
            continue;
        }
        let mut lines = vec![("x-subject", "CN=a")];
        for ((name, _, good, others), what) in rows.iter().zip(&said) {
            match what {
                0 => {}
                1 => lines.push((name, good)),
                other => lines.push((name, others[other - 2])),
            }
        }
        let has_verdict = said[..4].contains(&1) || said[4..6].contains(&1);
        let all_say_yes = !said.iter().any(|what| *what > 1);
        let received = receiver.receive(&lines);
        let is_trusted = received.as_ref().is_ok_and(tls_client_auth::TlsClientAuth::is_trusted);
        assert_eq!(is_trusted, all_say_yes && has_verdict, "{lines:?}");
        trusted += u32::from(is_trusted);
        refused += u32::from(received.is_err());
    }
    assert!(trusted > 100 && refused > 1000, "{trusted} trusted, {refused} refused");
}
