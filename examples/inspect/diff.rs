//! Compares two header sets: the headers of each for the same client.

use tls_client_auth::field::Limits;
use tls_client_auth::{ClientCertificate, HeaderSet};

use crate::page::{Row, Section, Tone};

/// A header of a set.
struct Header<'s> {
    name: &'s str,
    /// The fact that it states, without its form: `subject`.
    fact: String,
    /// Its value for the client, or its field without a client.
    shown: String,
}

impl Header<'_> {
    fn is_in(&self, others: &[&Header<'_>]) -> bool {
        let is_same = |other: &&Header<'_>| {
            other.name.eq_ignore_ascii_case(self.name) && other.shown == self.shown
        };
        others.iter().any(is_same)
    }
}

/// The headers of both, fact by fact.
pub(crate) fn section(
    sets: [&HeaderSet; 2],
    client: Option<&ClientCertificate>,
    limits: Limits,
) -> Section {
    let [first, second] = sets.map(|set| headers(set, client, limits));
    let mut facts: Vec<&str> = Vec::new();
    for header in first.iter().chain(&second) {
        if !facts.contains(&header.fact.as_str()) {
            facts.push(&header.fact);
        }
    }
    let mut rows = Vec::new();
    for fact in facts {
        let first: Vec<_> = first.iter().filter(|header| header.fact == fact).collect();
        let second: Vec<_> = second.iter().filter(|header| header.fact == fact).collect();
        add_rows(fact, &first, &second, &mut rows);
    }
    let [first, second] = sets.map(HeaderSet::name);
    let of = if client.is_some() { "" } else { "; names and forms only: give a FILE for values" };
    Section { title: format!("= in both, - only in {first}, + only in {second}{of}"), rows }
}

fn headers<'s>(
    set: &'s HeaderSet,
    client: Option<&ClientCertificate>,
    limits: Limits,
) -> Vec<Header<'s>> {
    let lines = client.map(|client| set.lines(client, limits));
    let mut headers = Vec::new();
    for (name, field) in set.rows() {
        let form = field.to_string();
        let fact = form.split(':').next().unwrap_or_default().replace('-', " ");
        let Some(lines) = &lines else {
            headers.push(Header { name, fact, shown: form });
            continue;
        };
        // A header may come in several lines.
        let of_row = lines.iter().filter(|line| line.name() == name);
        headers.extend(of_row.map(|line| Header {
            name,
            fact: fact.clone(),
            shown: line.value().into(),
        }));
    }
    headers
}

fn add_rows(fact: &str, first: &[&Header<'_>], second: &[&Header<'_>], rows: &mut Vec<Row>) {
    let mut add = |sign: &str, header: &Header<'_>, shown: &str, tone| {
        let value = format!("{sign} {}: {shown}", header.name);
        rows.push(Row { is_cut: true, ..Row::new(fact, value, tone) });
    };
    for header in first {
        match header.is_in(second) {
            true => add("=", header, &header.shown, Tone::Quiet),
            false => add("-", header, &header.shown, Tone::Bad),
        }
    }
    for header in second.iter().filter(|header| !header.is_in(first)) {
        let is_renamed = |other: &&&Header<'_>| other.shown == header.shown && !other.is_in(second);
        match first.iter().find(is_renamed) {
            Some(other) => add("+", header, &format!("(the same as {})", other.name), Tone::Good),
            None => add("+", header, &header.shown, Tone::Good),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tls_client_auth::Verification;

    fn rows(sets: [&str; 2], client: Option<&ClientCertificate>) -> Vec<String> {
        let sets = sets.map(|name| HeaderSet::named(name).unwrap());
        let section = section([&sets[0], &sets[1]], client, Limits::new());
        let fact = |row: &Row| {
            format!("{}: {}", row.label, row.value.chars().take(60).collect::<String>())
        };
        section.rows.iter().map(fact).collect()
    }

    #[test]
    fn equal_and_different_headers_are_marked() {
        let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
        let client = ClientCertificate::presented(der, Verification::Success);
        let shown = rows(["nginx", "ingress-nginx"], Some(&client));
        for expected in [
            "verdict: = ssl-client-verify: SUCCESS",
            "subject: + ssl-client-subject-dn: (the same as ssl-client-s-dn)",
            "issuer: - ssl-client-i-dn: CN=Peers Root CA,O=Peers Test,C=DE",
            "sha1: - ssl-client-fingerprint: 4224ef9941c41e23f02deb9c2998dc6fa1",
        ] {
            assert!(shown.iter().any(|row| row == expected), "{expected}: {shown:#?}");
        }
        let count = |sign: &str| shown.iter().filter(|row| row.contains(sign)).count();
        assert_eq!((count(": = "), count(": - "), count(": + ")), (1, 10, 3));
    }

    #[test]
    fn without_a_client_the_forms_are_compared() {
        let shown = rows(["nginx", "apache"], None);
        assert!(shown.contains(&"serial: - ssl-client-serial: serial:hex".into()), "{shown:#?}");
        for set in HeaderSet::all() {
            let same = rows([set.name(), set.name()], None);
            assert!(
                same.len() == set.rows().len() && same.iter().all(|row| row.contains(": = ")),
                "{same:#?}"
            );
        }
    }
}
