//! Header sets by name, with the names and rows that the options give them, and the list of all.

use std::io::{self, Write};

use tls_client_auth::field::Field;
use tls_client_auth::{Dialect, HeaderSet};

use crate::receive;

/// The two sides of `OLD=NEW` or `NAME=FIELD`.
pub(crate) type Pair = (String, String);

/// The sets of these names, some of their headers renamed, and one of the headers of one's own.
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

/// Names, one a line, in parts with an empty line between them; on a terminal each under its title.
pub(crate) fn list(out: &mut dyn Write, has_titles: bool) -> io::Result<()> {
    let sets = HeaderSet::all();
    let title = |out: &mut dyn Write, text: &str| match has_titles {
        true => writeln!(out, "{text}"),
        false => Ok(()),
    };
    title(out, "What proxies send, for --headers, --diff and --receive:")?;
    for set in &sets {
        writeln!(out, "{}", set.name())?;
    }
    writeln!(out)?;
    title(out, "For --receive alone:")?;
    receive::FURTHER.iter().try_for_each(|name| writeln!(out, "{name}"))
}
