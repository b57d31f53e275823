//! The headers to forward, from options or from a settings file.

use std::fs;

use tls_client_auth::field::Field;
use tls_client_auth::{Dialect, Forwarding, HeaderSet};

use crate::Result;

/// The command line's options for headers.
pub struct Chosen {
    pub file: Option<String>,
    pub when: Option<String>,
    pub sets: Vec<String>,
    pub only: Vec<String>,
    pub renamed: Vec<(String, String)>,
    pub own: Vec<(String, String)>,
    pub also_strip: Vec<String>,
}

impl Chosen {
    pub fn read(self) -> Result<Forwarding> {
        let Some(file) = &self.file else { return self.of_options() };
        let lists = [&self.sets, &self.only, &self.also_strip].iter().all(|list| list.is_empty());
        let pairs = [&self.renamed, &self.own].iter().all(|list| list.is_empty());
        if self.when.is_some() || !lists || !pairs {
            return Err("--forwarding excludes the other options for headers".into());
        }
        let broken = |error: &dyn std::fmt::Display| format!("--forwarding {file}: {error}");
        let text = fs::read_to_string(file).map_err(|error| broken(&error))?;
        Ok(match file.ends_with(".json") {
            true => serde_json::from_str(&text).map_err(|error| broken(&error))?,
            false => toml::from_str(&text).map_err(|error| broken(&error))?,
        })
    }

    fn of_options(self) -> Result<Forwarding> {
        let names = match (&self.sets[..], &self.own[..]) {
            ([], []) => &["cloudflare".to_owned()],
            (sets, _) => sets,
        };
        let named = |name: &String| {
            HeaderSet::named(name).map_err(|error| format!("--headers {name}: {error}"))
        };
        let mut sets = names.iter().map(named).collect::<std::result::Result<Vec<_>, _>>()?;
        let has =
            |set: &HeaderSet, name: &str| set.rows().any(|(row, _)| row.eq_ignore_ascii_case(name));
        if !self.only.is_empty() {
            if let Some(name) = self.only.iter().find(|name| !sets.iter().any(|set| has(set, name)))
            {
                return Err(format!("--only {name}: is not in any set").into());
            }
            for set in &mut sets {
                let names = self.only.iter().map(String::as_str).filter(|name| has(set, name));
                *set = set.clone().only(names).map_err(|error| format!("--only: {error}"))?;
            }
        }
        for (old, new) in &self.renamed {
            let failed = |error| format!("--rename {old}={new}: {error}");
            let set = sets.iter_mut().find(|set| has(set, old));
            let set = set.ok_or_else(|| failed("is not in any set".to_owned()))?;
            *set = set.clone().renamed(old, new).map_err(|error| failed(error.to_string()))?;
        }
        if !self.own.is_empty() {
            let field = |(name, field): &(String, String)| {
                let read: std::result::Result<Field, _> = field.parse();
                read.map_err(|error| format!("--header {name}={field}: {error}"))
            };
            let fields = self.own.iter().map(field).collect::<std::result::Result<Vec<_>, _>>()?;
            let rows = self.own.iter().map(|(name, _)| name.as_str()).zip(fields);
            let set = HeaderSet::new("own", Dialect::OpenSsl, rows);
            sets.push(set.map_err(|error| format!("--header: {error}"))?);
        }
        let forwarding = match self.when.as_deref().unwrap_or("first") {
            "first" => sets.into_iter().fold(Forwarding::none(), Forwarding::on_first_request),
            "every" => sets.into_iter().fold(Forwarding::none(), Forwarding::on_every_request),
            other => return Err(format!("--forward {other}: must be first or every").into()),
        };
        Ok(forwarding
            .also_strip(&self.also_strip)
            .map_err(|error| format!("--also-strip: {error}"))?)
    }
}
