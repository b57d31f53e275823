//! The header lines of a set, their lengths, and the origins that would reject them.

use tls_client_auth::field::Limits;
use tls_client_auth::{ClientCertificate, HeaderSet};

use crate::page::{Row, Section, Tone};

/// The scope of an origin's limit.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    Line,
    /// All header lines of a request together.
    Request,
}

/// Origins' default limits for headers, in bytes, and the setting of each.
const ORIGINS: [(&str, &str, Of, usize); 7] = [
    ("nginx", "large_client_header_buffers", Of::Line, 8192),
    ("Apache", "LimitRequestFieldSize", Of::Line, 8190),
    ("gunicorn", "limit_request_field_size", Of::Line, 8190),
    ("Tomcat", "maxHttpHeaderSize", Of::Request, 8192),
    ("Jetty", "requestHeaderSize", Of::Request, 8192),
    ("Node.js", "--max-http-header-size", Of::Request, 16384),
    ("Kestrel", "MaxRequestHeadersTotalSize", Of::Request, 32768),
];

pub(crate) fn section(set: &HeaderSet, client: &ClientCertificate, limits: Limits) -> Section {
    let lines = set.lines(client, limits);
    let mut rows = Vec::new();
    // As HTTP/1.1 has them: name, colon, space, value, and the end of the line.
    let (mut all, mut longest) = (0usize, 0usize);
    for line in lines.iter() {
        let length = line.name().len().saturating_add(line.value().len()).saturating_add(4);
        all = all.saturating_add(length);
        longest = longest.max(length);
        let value = format!("{length:>6}  {}", line.value());
        rows.push(Row { is_cut: true, ..Row::new(line.name(), value, Tone::Plain) });
    }
    for name in lines.too_large() {
        rows.push(Row::new(name, "left out: exceeds the set's limit", Tone::Bad));
    }
    let title = format!("{}: header lines with their lengths", set.name());
    let count = rows.len();
    match rows.is_empty() {
        true if client.is_trusted() => rows.push(Row::new("", "nothing is sent", Tone::Warning)),
        true => {
            let value = "nothing is sent: this set is sent for verified, unrevoked clients only";
            rows.push(Row::new("", value, Tone::Warning));
        }
        false => {
            let (value, tone) = room(all, longest);
            let lines = if count == 1 { "line" } else { "lines" };
            let value = format!("{all:>6}  bytes in {count} {lines}, {value}");
            rows.push(Row::new("total", value, tone));
        }
    }
    Section { title, rows }
}

/// The share of the smallest limit, or the origins with a limit below these sizes.
fn room(all: usize, longest: usize) -> (String, Tone) {
    let is_over = |(_, _, of, limit): &&(&str, &str, Of, usize)| match of {
        Of::Line => longest > *limit,
        Of::Request => all > *limit,
    };
    let over: Vec<String> = ORIGINS
        .iter()
        .filter(is_over)
        .map(|(origin, setting, of, limit)| {
            let of = if *of == Of::Line { "per line" } else { "in total" };
            format!("{origin} ({limit} {of}: raise {setting})")
        })
        .collect();
    if over.is_empty() {
        let smallest = ORIGINS.iter().map(|(.., limit)| *limit).min().unwrap_or_default();
        let share = all.saturating_mul(100).checked_div(smallest).unwrap_or_default();
        let value = format!("{share} % of the total limit of Tomcat and Jetty, 8 KiB");
        let tone = if share > 75 { Tone::Warning } else { Tone::Quiet };
        return (value, tone);
    }
    (format!("exceeds the default limit of {}", over.join(", ")), Tone::Bad)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tls_client_auth::Verification;

    #[test]
    fn sizes_are_compared_with_the_limits_of_origins() {
        let cases = [
            (100, 50, "1 % of", Tone::Quiet),
            (8190, 4000, "100 % of", Tone::Warning),
            (
                8193,
                4000,
                "exceeds the default limit of Tomcat (8192 in total: raise maxHttpHeaderSize), Jetty",
                Tone::Bad,
            ),
            (
                8300,
                8191,
                "of Apache (8190 per line: raise LimitRequestFieldSize), gunicorn",
                Tone::Bad,
            ),
            (40_000, 9000, "Kestrel (32768 in total", Tone::Bad),
        ];
        for (all, longest, expected, tone) in cases {
            let (value, found) = room(all, longest);
            assert!(value.contains(expected) && found == tone, "{value}");
        }
        assert!(!room(8300, 8191).0.contains("nginx"));
    }

    #[test]
    fn lines_with_their_lengths() {
        let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
        let client = ClientCertificate::presented(der, Verification::Success);
        let set = HeaderSet::nginx().only(["ssl-client-verify", "ssl-client-serial"]).unwrap();
        let shown = section(&set, &client, Limits::new());
        let rows: Vec<_> =
            shown.rows.iter().map(|row| (row.label.as_str(), row.value.as_str())).collect();
        assert_eq!(
            rows[..2],
            [
                ("ssl-client-verify", "    28  SUCCESS"),
                ("ssl-client-serial", "    41  5A7001B17B539286C891")
            ]
        );
        assert!(rows[2].1.starts_with("    69  bytes"), "{rows:?}");
        assert_eq!(shown.title, "nginx: header lines with their lengths");
    }

    #[test]
    fn missing_lines_are_explained() {
        let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
        let client = ClientCertificate::presented(der, Verification::None);
        let shown = section(&HeaderSet::rfc9440(), &client, Limits::new());
        assert!(shown.rows[0].value.contains("for verified, unrevoked clients only"), "{shown:?}");
        let client = ClientCertificate::presented(der, Verification::Success);
        let shown = section(&HeaderSet::rfc9440(), &client, Limits::new().encoded_leaf(9));
        assert!(shown.rows[0].value.starts_with("left out"), "{shown:?}");
    }
}
