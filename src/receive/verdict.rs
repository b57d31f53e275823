//! What a format's own headers say of the verification: read before anything else, to the letter.

use alloc::string::String;

use super::error::{ReceiveError, ReceiveErrorKind};
use super::reads::{Reads, VerdictForm};
use super::{Line, Receiver, Unstated};
use crate::client::{Reason, Verification};
use crate::field::Flag;
use crate::headers::HeaderName;
use crate::x509::Dialect;

impl VerdictForm {
    fn read(self, value: &[u8], words: &[String]) -> Option<Verification> {
        let text = core::str::from_utf8(value).ok()?;
        match (self, text) {
            (Self::Words, _) if words.iter().any(|word| word == text) => {
                Some(Verification::Success)
            }
            (Self::Words, "SUCCESS") => None,
            (Self::Apache, "GENEROUS") => Some(Verification::None),
            (Self::Text | Self::Apache | Self::Words, _) => {
                let printable = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
                Verification::from_text(text).filter(|_| printable)
            }
            (Self::Word, "true") => Some(Verification::Success),
            (Self::Word, "false") => Some(Verification::Failed(Reason::other("no reason given"))),
            (Self::Code, "0") => Some(Verification::Success),
            (Self::Code, _) => {
                let number = matches!(value, [b'1'..=b'9', rest @ ..] if rest.iter().all(u8::is_ascii_digit));
                let code = text.parse().ok().filter(|_| number)?;
                Some(Verification::from_code(code, Dialect::OpenSsl))
            }
            (Self::Word, _) => None,
        }
    }
}

fn flag(form: Flag, value: &[u8]) -> Option<bool> {
    match (form, value) {
        (Flag::Digit, b"1") | (Flag::Word, b"true") => Some(true),
        (Flag::Digit, b"0") | (Flag::Word, b"false") => Some(false),
        _ => None,
    }
}

/// Everything that was said of the verification.
#[derive(Debug)]
pub(super) struct Verdict<'h> {
    verification: Option<Verification>,
    presented: Option<(bool, &'h HeaderName)>,
    revoked: Option<(bool, &'h HeaderName)>,
    /// The header that alone tells that there was a certificate.
    tells_presence: Option<&'h HeaderName>,
}

impl<'h> Verdict<'h> {
    pub(super) fn read(lines: &[Line<'h>], receiver: &Receiver) -> Result<Self, ReceiveError> {
        let unstated = receiver.unstated.filter(|_| !receiver.has_verdict());
        let absent = |line: &&Line<'_>| line.row.reads.is_verdict() && !line.is_there;
        if let Some(line) = lines.iter().find(absent).filter(|_| receiver.has_verdict_always) {
            return Err(ReceiveError::new(&line.row.header, ReceiveErrorKind::MissingVerdict));
        }
        let mut verdict = Self {
            verification: unstated.map(|unstated| match unstated {
                Unstated::Verified => Verification::Success,
                Unstated::NotVerified => Verification::None,
            }),
            presented: None,
            revoked: None,
            tells_presence: None,
        };
        let mut reason = None;
        for line in lines {
            let Some(value) = line.value else { continue };
            let header = &line.row.header;
            let refuse = || ReceiveError::new(header, ReceiveErrorKind::NotAVerdict);
            match line.row.reads {
                Reads::Verdict(form) => {
                    let read = form.read(value, &receiver.verdict_words).ok_or_else(refuse)?;
                    verdict.tells_presence = match form {
                        // `GENEROUS` has a certificate, `NONE` has none.
                        VerdictForm::Text | VerdictForm::Apache => value != b"NONE",
                        VerdictForm::Code | VerdictForm::Words => {
                            read != Verification::Success && value != b"NONE"
                        }
                        VerdictForm::Word => false,
                    }
                    .then_some(header);
                    verdict.verification = Some(read);
                }
                Reads::Reason => {
                    let text = core::str::from_utf8(value).map_err(|_| refuse())?;
                    reason = Some(Reason::other(text));
                }
                Reads::Presented(form) => {
                    verdict.presented = Some((flag(form, value).ok_or_else(refuse)?, header));
                }
                Reads::Revoked(form) => {
                    verdict.revoked = Some((flag(form, value).ok_or_else(refuse)?, header));
                }
                _ => {}
            }
        }
        // Something is wrong where there is a reason, whatever the verdict.
        if let (Some(_), Some(reason)) = (&verdict.verification, reason) {
            verdict.verification = Some(Verification::Failed(reason));
        }
        verdict.is_there(lines)?;
        Ok(verdict)
    }

    /// Without a verdict nothing else is parsed.
    fn is_there(&self, lines: &[Line<'h>]) -> Result<(), ReceiveError> {
        let says = |line: &Line<'_>| line.value.is_some() && !line.row.reads.is_of_verdict();
        let is_presented = matches!(self.presented, Some((true, _)));
        let is_revoked = matches!(self.revoked, Some((true, _)));
        if self.verification.is_some() || !(is_presented || is_revoked || lines.iter().any(says)) {
            return Ok(());
        }
        let missing = lines.iter().find(|line| line.row.reads.is_verdict());
        // A table from which the caller took the verdict: its other headers are no more believed.
        match missing.or_else(|| lines.iter().find(|line| says(line))).or(lines.first()) {
            Some(line) => {
                Err(ReceiveError::new(&line.row.header, ReceiveErrorKind::MissingVerdict))
            }
            None => Ok(()),
        }
    }

    /// The outcome, and whether the certificate is revoked; `None` where there was no certificate. `stated` is the first header
    /// that says anything of it.
    pub(super) fn conclude(
        self,
        stated: Option<&HeaderName>,
    ) -> Result<Option<(Verification, bool)>, ReceiveError> {
        let revoked = self.revoked.filter(|(revoked, _)| *revoked).map(|(_, header)| header);
        if let Some((false, _)) = self.presented {
            return match stated.or(self.tells_presence).or(revoked) {
                Some(header) => Err(ReceiveError::new(header, ReceiveErrorKind::Disagrees)),
                None => Ok(None),
            };
        }
        let presented = self.presented.is_some()
            || stated.is_some()
            || self.tells_presence.is_some()
            || revoked.is_some();
        // Nothing was left unsaid: `is_there` has looked.
        let verification = self.verification.unwrap_or(Verification::None);
        Ok(presented.then_some((verification, revoked.is_some())))
    }
}
