//! The hosts that ask for a certificate, enforce it and forward it, from files in the format of Cloudflare's API, and from options.

use std::fs;

use tls_client_auth::hosts::Hosts;

use crate::Result;

pub fn read(associations: &[String], enforced: &[String], settings: Option<&str>) -> Result<Hosts> {
    let mut hosts = Hosts::new();
    for file in associations {
        hosts = parse(file)
            .and_then(|association| Ok(hosts.associate(association)?))
            .map_err(|error| format!("--hosts {file}: {error}"))?;
    }
    for host in enforced {
        hosts = hosts.enforce([host]).map_err(|error| format!("--enforce: {error}"))?;
    }
    if let Some(file) = settings {
        let settings = parse(file).map_err(|error| format!("--settings {file}: {error}"))?;
        hosts = hosts.configure(settings);
    }
    Ok(hosts)
}

fn parse<T: serde::de::DeserializeOwned>(file: &str) -> Result<T> {
    Ok(serde_json::from_str(&fs::read_to_string(file)?)?)
}
