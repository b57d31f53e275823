//! Sends requests of every client to one proxy, on new and on resumed sessions.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tls_client_auth::{Dialect, Verification};

use crate::{Authorities, Client, Error, Identity, Version};

/// The tested proxy, and the properties of its TLS library.
pub struct Scene {
    pub proxy: SocketAddr,
    pub library: Dialect,
    /// The name of the header with the verification result, in lower case.
    pub verify: &'static str,
    /// Whether its library stores the chain with a session.
    pub resumes_chain: bool,
}

impl Scene {
    /// Prints the result for each client, and fails if the origin received wrong headers.
    pub async fn run(
        &self,
        authorities: &Authorities,
        identities: &[Identity],
    ) -> Result<(), Error> {
        let mut wrong = 0usize;
        for identity in identities {
            let expected = identity.said.by(self.library);
            let rustls = identity.asked_of_rustls(authorities, self.library)?;
            let mut faults = Vec::new();
            if rustls != identity.said.by_rustls(self.library) {
                faults.push(format!("rustls says {}", rustls.text(self.library)));
            }
            for version in [Version::Tls12, Version::Tls13] {
                let client = Client::new(authorities, Some(identity), version)?;
                for resumes in [false, true] {
                    let (resumed, lines) = client.request(self.proxy).await?;
                    let fault = self.fault(identity, &expected, resumes, resumed, &lines);
                    faults.extend(
                        fault.map(|fault| format!("{version:?}, resumed {resumed}: {fault}")),
                    );
                }
            }
            println!("{:<42} {}", identity.name, expected.text(self.library));
            faults.iter().for_each(|fault| println!("  WRONG {fault}"));
            wrong = wrong.saturating_add(faults.len());
        }
        for version in [Version::Tls12, Version::Tls13] {
            let (_, lines) = Client::new(authorities, None, version)?.request(self.proxy).await?;
            let sent = (value(&lines, self.verify), value(&lines, "client-cert"));
            if sent != (Some("NONE"), None) {
                println!("  WRONG without a certificate, {version:?}: {sent:?}");
                wrong = wrong.saturating_add(1);
            }
        }
        println!("{:<42} NONE", "no certificate");
        match wrong {
            0 => Ok(println!("{} kinds of clients, none wrong", identities.len())),
            _ => Err(format!("{wrong} wrong").into()),
        }
    }

    /// A description of what is wrong with the answer, if anything.
    fn fault(
        &self,
        identity: &Identity,
        expected: &Verification,
        resumes: bool,
        resumed: bool,
        lines: &str,
    ) -> Option<String> {
        if resumed != resumes {
            return Some("the session is not of the expected kind".into());
        }
        let outcome = expected.text(self.library);
        let sequence = |der: &Vec<u8>| format!(":{}:", STANDARD.encode(der));
        let (leaf, chain) = identity.chain.split_first()?;
        let trusted = *expected == Verification::Success;
        let has_chain = trusted && !chain.is_empty() && (self.resumes_chain || !resumes);
        let expected = [
            (self.verify, Some(outcome)),
            ("client-cert", trusted.then(|| sequence(leaf))),
            (
                "client-cert-chain",
                has_chain.then(|| chain.iter().map(sequence).collect::<Vec<_>>().join(", ")),
            ),
        ];
        expected.into_iter().find_map(|(name, expected)| {
            let sent = value(lines, name);
            (sent != expected.as_deref()).then(|| format!("{name}: {sent:?}, not {expected:?}"))
        })
    }
}

/// The value of the header, if there is exactly one line with this name.
fn value<'a>(lines: &'a str, name: &str) -> Option<&'a str> {
    let mut values =
        lines.lines().filter_map(|line| line.split_once(": ")).filter(|(other, _)| *other == name);
    values.next().map(|(_, value)| value)
}
