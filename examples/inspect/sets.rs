//! Header sets by name, changed by the options, and the list of all.

use std::io;

use tls_client_auth::field::Field;
use tls_client_auth::{Dialect, HeaderSet};

use crate::page::{Page, Row, Section, Tone};
use crate::receive;

/// The two sides of `OLD=NEW` or `NAME=FIELD`.
pub(crate) type Pair = (String, String);

/// The sets with these names, with renamed headers, and a set of the headers given by `--header`.
pub(crate) fn chosen(
    names: &[String],
    renames: &[Pair],
    own: &[Pair],
    dialect: Option<Dialect>,
) -> Result<Vec<HeaderSet>, String> {
    let named = |name: &String| HeaderSet::named(name).map_err(|error| error.to_string());
    let mut sets = names.iter().map(named).collect::<Result<Vec<_>, _>>()?;
    for (old, new) in renames {
        let has = |set: &&mut HeaderSet| set.rows().any(|(name, _)| name.eq_ignore_ascii_case(old));
        let Some(set) = sets.iter_mut().find(has) else {
            return Err(format!(
                "--rename {old}={new}: no chosen set has {old}; --headers chooses sets"
            ));
        };
        *set = set
            .clone()
            .renamed(old, new)
            .map_err(|error| format!("--rename {old}={new}: {error}"))?;
    }
    if !own.is_empty() {
        let mut rows = Vec::new();
        for (name, field) in own {
            let read = field.parse::<Field>();
            rows.push((
                name.as_str(),
                read.map_err(|error| format!("--header {name}={field}: {error}"))?,
            ));
        }
        let set = HeaderSet::new("own", dialect.unwrap_or(Dialect::OpenSsl), rows);
        sets.push(set.map_err(|error| format!("--header: {error}"))?);
    }
    Ok(sets)
}

/// Prints all names in three parts: titled on a terminal; in a pipe one name on each line, with an empty line between the parts.
pub(crate) fn list(page: &mut Page<'_>) -> io::Result<()> {
    let name = |name: &str| Row::new("", name, Tone::Plain);
    let sets = HeaderSet::all();
    let section = |title: &str, rows| Section { title: title.to_owned(), rows };
    let parts = [
        section(
            "named after proxies, for --headers, --diff and --receive",
            sets.iter().map(|set| name(set.name())).collect(),
        ),
        section(
            "named after programs that read them, for --headers and --diff",
            HeaderSet::readers()
                .map(|(set, reader)| Row::new(set.name(), reader, Tone::Quiet))
                .collect(),
        ),
        section("for --receive only", receive::FURTHER.map(name).into()),
    ];
    if page.width.is_some() {
        return page.sections(&parts);
    }
    for (number, part) in parts.iter().enumerate() {
        if number > 0 {
            writeln!(page.out)?;
        }
        let width = part.rows.iter().map(|row| row.label.len()).max().unwrap_or_default();
        for Row { label, value, .. } in &part.rows {
            let gap = if width > 0 { "  " } else { "" };
            writeln!(page.out, "{label:width$}{gap}{value}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_three_parts_and_every_set_in_it_is_known() {
        let mut out = Vec::new();
        list(&mut Page { out: &mut out, width: None }).unwrap();
        let text = String::from_utf8(out).unwrap();
        let parts: Vec<Vec<&str>> = text.split("\n\n").map(|part| part.lines().collect()).collect();
        let sets: Vec<_> = HeaderSet::all().iter().map(|set| set.name().to_owned()).collect();
        assert_eq!(parts[0], sets);
        assert_eq!(parts[1].len(), HeaderSet::readers().len());
        for line in parts[0].iter().chain(&parts[1]) {
            let name = line.split(' ').next().unwrap().to_owned();
            assert!(chosen(std::slice::from_ref(&name), &[], &[], None).is_ok(), "{name}");
        }
        assert_eq!(parts[2], receive::FURTHER);
    }
}
