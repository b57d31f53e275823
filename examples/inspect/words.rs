//! The words of the command line: options with their values, and files.

use std::ffi::OsString;
use std::io::BufRead as _;

use time::OffsetDateTime;
use tls_client_auth::Verification;

use crate::sets::Pair;
use crate::{input, names};

/// Takes `--diff SET SET` out of the command line.
pub(crate) fn take_diff(arguments: &mut Vec<OsString>) -> Result<Option<[String; 2]>, String> {
    let Some(at) = arguments.iter().position(|argument| argument == "--diff") else {
        return Ok(None);
    };
    let missing = || "--diff needs the names of two sets, as in --diff nginx envoy".to_owned();
    let end = at.saturating_add(3);
    if end > arguments.len() {
        return Err(missing());
    }
    let mut taken = arguments.drain(at..end).skip(1).map(OsString::into_string);
    match (taken.next(), taken.next()) {
        (Some(Ok(first)), Some(Ok(second)))
            if !first.starts_with('-') && !second.starts_with('-') =>
        {
            Ok(Some([first, second]))
        }
        _ => Err(missing()),
    }
}

/// The rest of the command line.
pub(crate) struct Line(pub(crate) pico_args::Arguments);

impl Line {
    pub(crate) fn value(&mut self, name: &'static str) -> Result<Option<String>, String> {
        self.0.opt_value_from_str(name).map_err(|_| format!("{name} needs a value; see --help"))
    }

    pub(crate) fn values(&mut self, name: &'static str) -> Result<Vec<String>, String> {
        self.0.values_from_str(name).map_err(|_| format!("{name} needs a value; see --help"))
    }

    pub(crate) fn one_of<T: Copy>(
        &mut self,
        name: &'static str,
        known: &[(&str, T)],
    ) -> Result<Option<T>, String> {
        let Some(word) = self.value(name)? else { return Ok(None) };
        match known.iter().find(|(known, _)| *known == word) {
            Some((_, value)) => Ok(Some(*value)),
            None => {
                let known: Vec<_> = known.iter().map(|(known, _)| *known).collect();
                Err(format!("{name} {word}: must be {}", known.join(" or ")))
            }
        }
    }

    pub(crate) fn pairs(&mut self, name: &'static str, form: &str) -> Result<Vec<Pair>, String> {
        let pair = |text: String| match text.split_once('=') {
            Some((old, new)) => Ok((old.to_owned(), new.to_owned())),
            None => Err(format!("{name} {text}: must be {form}")),
        };
        self.values(name)?.into_iter().map(pair).collect()
    }

    pub(crate) fn declares(&mut self) -> Result<Option<Vec<String>>, String> {
        let lists = self.values("--declares")?;
        let keys = lists.iter().flat_map(|list| list.split(',')).map(str::trim);
        let keys = keys.filter(|key| !key.is_empty()).map(str::to_owned).collect();
        Ok((!lists.is_empty()).then_some(keys))
    }

    pub(crate) fn verification(&mut self) -> Result<Verification, String> {
        let Some(status) = self.value("--verified")? else { return Ok(Verification::Success) };
        status.parse().map_err(|_| {
            format!("--verified {status}: must be SUCCESS, NONE, FAILED or FAILED:reason")
        })
    }

    pub(crate) fn now(&mut self) -> Result<Option<OffsetDateTime>, String> {
        let Some(seconds) = self.value("--now")? else { return Ok(None) };
        let time = seconds.parse().ok().map(OffsetDateTime::from_unix_timestamp);
        let wrong =
            || format!("--now {seconds}: must be seconds since 1970, as `date +%s` prints them");
        time.and_then(Result::ok).map(Some).ok_or_else(wrong)
    }

    pub(crate) fn chain(&mut self) -> Result<Vec<Vec<u8>>, String> {
        let mut chain = Vec::new();
        for file in self.values("--chain")? {
            let read = input::read(&file).and_then(|bytes| input::certificates(&bytes));
            chain.extend(read.map_err(|message| format!("--chain {file}: {message}"))?);
        }
        Ok(chain)
    }

    pub(crate) fn listed_files(&mut self) -> Result<Vec<String>, String> {
        let mut files = Vec::new();
        for list in self.values("--files-from")? {
            let bytes =
                input::read(&list).map_err(|message| format!("--files-from {list}: {message}"))?;
            let lines: Result<Vec<String>, _> = bytes.lines().collect();
            files.extend(lines.map_err(|error| format!("--files-from {list}: {error}"))?);
        }
        Ok(files)
    }

    /// The remaining words, and those after `--`.
    pub(crate) fn files(self, after: Vec<OsString>) -> Result<Vec<String>, String> {
        let text = |file: OsString| {
            file.into_string().map_err(|file| {
                format!(
                    "{}: its name is not UTF-8; give it as -",
                    names::printable(&file.to_string_lossy())
                )
            })
        };
        let before: Vec<String> =
            self.0.finish().into_iter().map(text).collect::<Result<_, _>>()?;
        if let Some(option) = before.iter().find(|file| file.starts_with('-') && *file != "-") {
            return Err(format!("{option}: unknown or duplicated option; see --help"));
        }
        let after = after.into_iter().skip(1).map(text).collect::<Result<Vec<_>, _>>()?;
        Ok(before.into_iter().chain(after).collect())
    }
}
