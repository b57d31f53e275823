//! The output for files of certificates: text for people, JSON and header lines for programs.

use std::io::{self, Write};

use serde_json::json;
use time::OffsetDateTime;
use tls_client_auth::x509::Certificate;
use tls_client_auth::{ClientCertificate, TlsClientAuth};

use crate::arguments::{Format, Options};
use crate::page::{Page, Row, Section, Tone};
use crate::{LARGEST, diff, facts, input, limits, lines, names, table};

/// The client of a file's certificates.
fn client(options: &Options, file: &str) -> Result<ClientCertificate, String> {
    let certificates = input::certificates(&input::read(file)?)?;
    let (leaf, chain) = certificates.split_first().ok_or("no certificate")?;
    Certificate::from_der_up_to(leaf, LARGEST).map_err(|error| error.to_string())?;
    let client = ClientCertificate::presented(leaf.as_slice(), options.verification.clone())
        .chain(chain.iter().chain(&options.chain))
        .revoked(options.revoked)
        .dialect(options.dialect.unwrap_or_default());
    Ok(match options.now {
        Some(now) => client.seen_at(now),
        None => client,
    })
}

/// Prints text for people; returns whether all files could be read.
pub(crate) fn text(options: &Options, page: &mut Page<'_>) -> io::Result<bool> {
    if options.files.is_empty() {
        page.sections(&sections(options, None))?;
        return Ok(true);
    }
    let (mut all_read, mut any_read) = (true, false);
    let mut pages = Vec::new();
    for (index, file) in options.files.iter().enumerate() {
        match client(options, file) {
            Ok(client) => {
                any_read = true;
                let title = names::printable(file);
                let sections = sections(options, Some(&client));
                if options.side_by_side {
                    pages.push((title, sections));
                    continue;
                }
                if index > 0 {
                    writeln!(page.out)?;
                }
                page.heading(&title)?;
                page.sections(&sections)?;
            }
            Err(message) => {
                all_read = false;
                page.out.flush()?;
                eprintln!("{file}: {message}");
            }
        }
    }
    table::side_by_side(&pages, page)?;
    if page.width.is_some() && options.sets.is_empty() && any_read {
        writeln!(page.out)?;
        let hint =
            "--headers nginx also prints the header lines that nginx sends; --list lists all sets";
        page.sections(&[Section {
            title: String::new(),
            rows: vec![Row::new("", hint, Tone::Quiet)],
        }])?;
    }
    Ok(all_read)
}

fn sections(options: &Options, client: Option<&ClientCertificate>) -> Vec<Section> {
    if let (true, [first, second]) = (options.is_diff, &options.sets[..]) {
        return vec![diff::section([first, second], client, limits())];
    }
    let Some(client) = client else { return Vec::new() };
    let now = options.now.unwrap_or_else(OffsetDateTime::now_utc);
    let facts = facts::sections(client, options.dialect.unwrap_or_default(), now);
    let sets = options.sets.iter().map(|set| lines::section(set, client, limits()));
    facts.into_iter().chain(sets).collect()
}

/// Prints JSON or header lines; returns whether all files could be read.
pub(crate) fn lines(options: &Options, out: &mut dyn Write) -> io::Result<bool> {
    let mut all_read = true;
    for (index, file) in options.files.iter().enumerate() {
        let client = client(options, file);
        all_read &= client.is_ok();
        match (options.format, client) {
            (Format::Json, Ok(client)) => writeln!(out, "{}", json_line(options, file, &client))?,
            (Format::Json, Err(message)) => {
                writeln!(out, "{}", json!({ "file": file, "error": message }))?;
            }
            (_, Ok(client)) => header_lines(options, (index, file), &client, out)?,
            (_, Err(message)) => {
                out.flush()?;
                eprintln!("{file}: {message}");
            }
        }
    }
    Ok(all_read)
}

fn header_lines(
    options: &Options,
    (index, file): (usize, &str),
    client: &ClientCertificate,
    out: &mut dyn Write,
) -> io::Result<()> {
    if options.files.len() > 1 {
        writeln!(out, "{}# {file}", if index > 0 { "\n" } else { "" })?;
    }
    for set in &options.sets {
        let lines = set.lines(client, limits());
        for line in lines.iter() {
            writeln!(out, "{}: {}", line.name(), line.value())?;
        }
        for name in lines.too_large() {
            writeln!(out, "# {name}: left out, its value is over the limit")?;
        }
    }
    Ok(())
}

fn json_line(options: &Options, file: &str, client: &ClientCertificate) -> String {
    #[derive(serde::Serialize)]
    struct Line<'a> {
        file: &'a str,
        #[serde(rename = "tlsClientAuth")]
        auth: TlsClientAuth,
        #[serde(skip_serializing_if = "Option::is_none")]
        headers: Option<Vec<(String, String)>>,
    }
    let headers = (!options.sets.is_empty()).then(|| {
        let lines = options.sets.iter().map(|set| set.lines(client, limits()));
        lines
            .flat_map(|lines| {
                lines
                    .iter()
                    .map(|line| (line.name().to_owned(), line.value().to_owned()))
                    .collect::<Vec<_>>()
            })
            .collect()
    });
    let line = Line { file, auth: TlsClientAuth::with_limits(client, limits()), headers };
    serde_json::to_string(&line).unwrap_or_default()
}
