//! A certificate's properties and its given verification result, as rows.

use time::OffsetDateTime;
use tls_client_auth::x509::{Certificate, Time};
use tls_client_auth::{ClientCertificate, Dialect, TlsClientAuth, Verification};

use crate::page::{Row, Section, Tone};
use crate::{LARGEST, dates, limits, names};

/// The leaf, then the certificates after it.
pub(crate) fn sections(
    client: &ClientCertificate,
    dialect: Dialect,
    now: OffsetDateTime,
) -> Vec<Section> {
    let leaf = Section { title: String::new(), rows: leaf(client, dialect, now) };
    let chain = chain(client, dialect, now);
    let chain = (!chain.is_empty()).then(|| Section { title: "chain".into(), rows: chain });
    [leaf].into_iter().chain(chain).collect()
}

fn leaf(client: &ClientCertificate, dialect: Dialect, now: OffsetDateTime) -> Vec<Row> {
    let auth = TlsClientAuth::with_limits(client, limits());
    let certificate =
        client.leaf().and_then(|leaf| Certificate::from_der_up_to(leaf, LARGEST).ok());
    let mut rows = Vec::new();
    let mut row = |label: &str, value: &str, tone| {
        if !value.is_empty() {
            rows.push(Row::new(label, value, tone));
        }
    };
    row("subject", named(auth.cert_subject_dn()), Tone::Plain);
    row("issuer", named(auth.cert_issuer_dn()), Tone::Plain);
    row("serial", auth.cert_serial(), Tone::Plain);
    if let Some(certificate) = &certificate {
        let (value, tone) =
            date(certificate.not_before(), dialect, |start| dates::since(start, now));
        row("valid from", &value, tone);
        let (value, tone) = date(certificate.not_after(), dialect, |end| dates::until(end, now));
        row("valid to", &value, tone);
        let (version, tone) = match certificate.version() {
            Some(3) => ("3".into(), Tone::Plain),
            Some(version) => {
                (format!("{version}, which rustls accepts of no client"), Tone::Warning)
            }
            None => ("unreadable".into(), Tone::Warning),
        };
        row("version", &version, tone);
        for name in certificate.subject_alt_names() {
            row("SAN", &names::in_words(&name, dialect), Tone::Plain);
        }
    }
    row("key id", auth.cert_ski(), Tone::Plain);
    row("CA key id", auth.cert_issuer_ski(), Tone::Plain);
    row("CA serial", auth.cert_issuer_serial(), Tone::Plain);
    row("SHA-1", auth.cert_fingerprint_sha1(), Tone::Plain);
    row("SHA-256", auth.cert_fingerprint_sha256(), Tone::Plain);
    if let Some(certificate) = &certificate {
        row("key SHA-256", &hex::encode(certificate.public_key_sha256()), Tone::Plain);
    }
    let tone = match client.verification() {
        // Not green: the default is a mere assumption.
        Verification::Success => Tone::Plain,
        Verification::Failed(_) => Tone::Bad,
        Verification::None => Tone::Warning,
    };
    row("verified", &format!("{} (as given, not checked)", auth.cert_verified()), tone);
    if auth.is_revoked() {
        row("revoked", "yes (as given, not checked)", Tone::Bad);
    }
    rows
}

const fn named(name: &str) -> &str {
    if name.is_empty() { "(empty)" } else { name }
}

fn chain(client: &ClientCertificate, dialect: Dialect, now: OffsetDateTime) -> Vec<Row> {
    let mut issued = client.leaf().and_then(|leaf| Certificate::from_der_up_to(leaf, LARGEST).ok());
    let mut rows = Vec::new();
    for (number, der) in (1..).zip(client.chain_certificates()) {
        let certificate = match Certificate::from_der_up_to(der, LARGEST) {
            Ok(certificate) => certificate,
            Err(error) => {
                rows.push(Row::new(&number.to_string(), error.to_string(), Tone::Bad));
                issued = None;
                continue;
            }
        };
        let subject = certificate.subject();
        let is_issuer = issued.is_some_and(|issued| issued.issuer().as_der() == subject.as_der());
        let name = subject.rfc2253(dialect).unwrap_or_else(|| "(unreadable)".into());
        let (end, end_tone) = match certificate.not_after().to_offset_date_time() {
            Some(end) => dates::until(end, now),
            None => ("unreadable date".into(), Tone::Warning),
        };
        let place = match (is_issuer, certificate.issuer().as_der() == subject.as_der()) {
            (true, true) => "issuer of the previous one and of itself",
            (true, false) => "issuer of the previous one",
            (false, _) => "not the issuer of the previous one",
        };
        let tone = if is_issuer { end_tone } else { Tone::Warning };
        let value = format!("{}: {place}, {end}, {} bytes", named(&name), der.len());
        rows.push(Row::new(&number.to_string(), value, tone));
        issued = Some(certificate);
    }
    rows
}

/// A date as the library prints it, and its distance from now.
fn date(
    time: Time<'_>,
    dialect: Dialect,
    in_words: impl Fn(OffsetDateTime) -> (String, Tone),
) -> (String, Tone) {
    let text = time
        .text(dialect)
        .unwrap_or_else(|| format!("(no valid date) \"{}\"", time.as_bytes().escape_ascii()));
    match time.to_offset_date_time().map(in_words) {
        Some((words, tone)) => (format!("{text}, {words}"), tone),
        None => (text, Tone::Warning),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAF: &[u8] = include_bytes!("../../tests/fixtures/plain.der");
    const ROOT: &[u8] = include_bytes!("../../tests/fixtures/ca.der");

    fn shown(client: &ClientCertificate, now: i64) -> Vec<(String, String, Tone)> {
        let now = OffsetDateTime::from_unix_timestamp(now).unwrap();
        let sections = sections(client, Dialect::OpenSsl, now);
        let rows = sections.into_iter().flat_map(|section| section.rows);
        rows.map(|row| (row.label, row.value, row.tone)).collect()
    }

    fn client(chain: &[&[u8]]) -> ClientCertificate {
        ClientCertificate::presented(LEAF, Verification::Success).chain(chain)
    }

    #[test]
    fn dates_have_their_distance_from_now() {
        let (start, end) = ("Jan  2 03:04:05 2025 GMT", "Nov 12 13:14:15 2035 GMT");
        let cases = [
            (
                1_735_700_000,
                "not valid yet: starts in 24 hours",
                Tone::Bad,
                "expires in 10 years",
                Tone::Plain,
            ),
            (1_800_000_000, "2 years ago", Tone::Plain, "expires in 8 years", Tone::Plain),
            (2_078_400_000, "10 years ago", Tone::Plain, "expires in 23 hours", Tone::Warning),
            (2_078_751_255, "10 years ago", Tone::Plain, "expired 3 days ago", Tone::Bad),
        ];
        for (now, since, since_tone, until, until_tone) in cases {
            let rows = shown(&client(&[]), now);
            let row = |label: &str| rows.iter().find(|row| row.0 == label).unwrap().clone();
            let expected = |label: &str, date: &str, words, tone| {
                (label.to_owned(), format!("{date}, {words}"), tone)
            };
            assert_eq!(
                row("valid from"),
                expected("valid from", start, since, since_tone),
                "{now}"
            );
            assert_eq!(row("valid to"), expected("valid to", end, until, until_tone), "{now}");
        }
    }

    #[test]
    fn each_certificate_of_a_chain_has_its_relation_to_the_previous_one() {
        type Case<'c> = (&'c str, &'c [&'c [u8]], &'c [&'c str]);
        let cases: [Case<'_>; 4] = [
            ("the root", &[ROOT], &["issuer of the previous one and of itself"]),
            ("another leaf", &[LEAF], &["not the issuer of the previous one"]),
            (
                "the wrong order",
                &[LEAF, ROOT],
                &["not the issuer", "issuer of the previous one and of itself"],
            ),
            ("no certificate", &[b"?", ROOT], &["certificate", "not the issuer"]),
        ];
        for (case, chain, expected) in cases {
            let rows = shown(&client(chain), 1_800_000_000);
            let rows: Vec<_> = rows.iter().filter(|row| row.0.parse::<u8>().is_ok()).collect();
            assert_eq!(rows.len(), expected.len(), "{case}");
            for (row, expected) in rows.iter().zip(expected) {
                assert!(row.1.contains(expected), "{case}: {row:?}");
            }
        }
    }

    #[test]
    fn the_given_result_is_marked_as_not_checked() {
        let failed = "FAILED:certificate has expired".parse().unwrap();
        let cases = [
            (Verification::Success, true, "SUCCESS", Tone::Plain),
            (Verification::None, false, "NONE", Tone::Warning),
            (failed, false, "FAILED:certificate has expired", Tone::Bad),
        ];
        for (verification, revoked, text, tone) in cases {
            let client = ClientCertificate::presented(LEAF, verification).revoked(revoked);
            let rows = shown(&client, 1_800_000_000);
            let row = rows.iter().find(|row| row.0 == "verified").unwrap();
            assert_eq!(
                (row.1.as_str(), row.2),
                (format!("{text} (as given, not checked)").as_str(), tone)
            );
            assert_eq!(rows.iter().any(|row| row.0 == "revoked"), revoked);
        }
    }
}
