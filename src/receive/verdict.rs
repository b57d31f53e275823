//! Parses the verdict of a set's headers, before anything else and exactly.

use super::error::{ReceiveError, ReceiveErrorKind};
use super::lines::{Line, Lines};
use super::{Receiver, Unstated};
use crate::client::{Reason, Verification};
use crate::field::{Field, VerdictForm, verdict};
use crate::headers::HeaderName;

/// The verification as stated by all verdict headers.
#[derive(Debug, Default)]
pub(super) struct Verdict<'h> {
    verification: Option<Verification>,
    presented: Option<(bool, &'h HeaderName)>,
    revoked: Option<(bool, &'h HeaderName)>,
    /// The header that is sent only with a certificate.
    tells_presence: Option<&'h HeaderName>,
    /// The header with a positive verdict, which contradicts an absent certificate.
    affirmed: Option<&'h HeaderName>,
}

impl<'h> Verdict<'h> {
    /// Parses the verdict of these lines, in place, which saves moves.
    pub(super) fn read(
        &mut self,
        lines: &Lines<'h>,
        receiver: &'h Receiver,
    ) -> Result<(), ReceiveError> {
        // They are the first rows.
        let has_any = receiver.rows.first().is_some_and(|row| row.field.is_beside_verdict());
        if let (false, Some(unstated)) = (has_any, receiver.unstated) {
            self.verification = Some(assumed(unstated));
            return Ok(());
        }
        let lines_of_verdict =
            || receiver.rows_of(lines).take_while(|line| line.row.field.is_beside_verdict());
        if receiver.has_verdict_always {
            let absent = |line: &Line<'_>| is_verdict(line.row.field) && line.whole.is_none();
            if let Some(line) = lines_of_verdict().find(absent) {
                return Err(ReceiveError::new(&line.row.header, ReceiveErrorKind::MissingVerdict));
            }
        }
        let (mut told, mut verified, mut reason, mut said) = (None, None, None, None);
        for line in lines_of_verdict() {
            let Some(value) = line.value() else { continue };
            let header = &line.row.header;
            let refuse = |kind| ReceiveError::new(header, kind);
            let not_one = || refuse(ReceiveErrorKind::NotAVerdict);
            said = Some(header);
            let disagrees = || refuse(ReceiveErrorKind::Disagrees);
            match line.row.field {
                Field::Verdict(form) => {
                    let read = form.read(value, &receiver.reading, line.row.dialect);
                    let Some(read) = read else { return Err(not_one()) };
                    if form == VerdictForm::Word && read == Verification::Success {
                        self.affirmed = Some(header);
                    }
                    if tells_presence(form, value, &read, receiver) {
                        self.tells_presence = Some(header);
                    }
                    let rank = match form {
                        VerdictForm::Text => 0,
                        VerdictForm::Code | VerdictForm::Constant => 1,
                        VerdictForm::Word => 2,
                    };
                    if !merge(&mut told, (rank, read)) {
                        return Err(disagrees());
                    }
                }
                Field::Verified => {
                    let read = verdict::read_text(value, &receiver.reading);
                    let Some(read) = read else { return Err(not_one()) };
                    if value != b"NONE" {
                        self.tells_presence = Some(header);
                    }
                    if !merge(&mut verified, (0, read)) {
                        return Err(disagrees());
                    }
                }
                Field::VerifiedFlag(form) => {
                    let Some(read) = form.read_outcome(value) else { return Err(not_one()) };
                    if read == Verification::Success {
                        self.affirmed = Some(header);
                    }
                    if !merge(&mut verified, (2, read)) {
                        return Err(disagrees());
                    }
                }
                Field::Errors => {
                    let text = core::str::from_utf8(value).map_err(|_| not_one())?;
                    reason = Some(Reason::other(text));
                }
                Field::Presented(form) => {
                    let yes = form.read(value).ok_or_else(not_one)?;
                    if self.presented.is_some_and(|(other, _)| other != yes) {
                        return Err(disagrees());
                    }
                    self.presented = Some((yes, header));
                }
                Field::Revoked(form) => {
                    let yes = form.read(value).ok_or_else(not_one)?;
                    if self.revoked.is_some_and(|(other, _)| other != yes) {
                        return Err(disagrees());
                    }
                    self.revoked = Some((yes, header));
                }
                _ => {}
            }
        }
        let outcome = |ranked: Option<Ranked>| ranked.map(|(_, verification)| verification);
        match (self.settle(outcome(told), outcome(verified), receiver), said) {
            (Ok(verification), _) => self.verification = verification,
            (Err(kind), Some(header)) => return Err(ReceiveError::new(header, kind)),
            (Err(_), None) => {}
        }
        // A reason means failure, whatever the verdict.
        if let (Some(_), Some(reason)) = (&self.verification, reason) {
            self.verification = Some(Verification::Failed(reason));
        }
        self.is_there(lines, receiver)
    }

    /// One outcome of all that was said: `told` by rows for which a revoked certificate failed, `verified` by rows for which it
    /// did not.
    fn settle(
        &self,
        told: Option<Verification>,
        verified: Option<Verification>,
        receiver: &Receiver,
    ) -> Result<Option<Verification>, ReceiveErrorKind> {
        const SUCCESS: Verification = Verification::Success;
        let is_revoked = self.is_revoked();
        Ok(match (told, verified) {
            (Some(SUCCESS), Some(SUCCESS) | None) if is_revoked => {
                return Err(ReceiveErrorKind::Disagrees);
            }
            (Some(SUCCESS), Some(SUCCESS)) => Some(SUCCESS),
            (Some(SUCCESS), Some(_)) => return Err(ReceiveErrorKind::Disagrees),
            // Revoked: only one of the rows covers that.
            (Some(_), Some(SUCCESS)) if is_revoked => Some(SUCCESS),
            (Some(_), Some(SUCCESS)) if self.revoked.is_some() => {
                return Err(ReceiveErrorKind::Disagrees);
            }
            (told @ Some(_), _) => told,
            (None, verified) if receiver.tells_verdict => verified,
            // Without the revocation beside it, success is not the whole verdict, and a failure is one.
            (None, Some(failed)) if failed != SUCCESS => Some(failed),
            (None, _) => receiver.unstated.map(assumed),
        })
    }

    /// Checks that the verdict is present: without it nothing else is parsed.
    fn is_there(&self, lines: &Lines<'h>, receiver: &'h Receiver) -> Result<(), ReceiveError> {
        if self.verification.is_some() {
            return Ok(());
        }
        let mut said = receiver
            .rows_of(lines)
            .filter(|line| !line.row.field.is_beside_verdict() && line.value().is_some())
            .peekable();
        let is_presented = matches!(self.presented, Some((true, _)));
        if !is_presented && !self.is_revoked() && said.peek().is_none() {
            return Ok(());
        }
        let missing = receiver.rows_of(lines).find(|line| is_verdict(line.row.field));
        // The caller removed the verdict from the table, so its other headers cannot be trusted.
        match missing.or_else(|| said.next()).or_else(|| receiver.rows_of(lines).next()) {
            Some(line) => {
                Err(ReceiveError::new(&line.row.header, ReceiveErrorKind::MissingVerdict))
            }
            None => Ok(()),
        }
    }

    /// Whether there is a certificate. `stated` is the first header with a fact about it.
    pub(super) fn has_certificate(
        &self,
        stated: Option<&'h HeaderName>,
    ) -> Result<bool, ReceiveError> {
        let revoked = self.revoked.filter(|(revoked, _)| *revoked).map(|(_, header)| header);
        let told = stated.or(self.tells_presence);
        match (self.presented, told.or(self.affirmed).or(revoked)) {
            (Some((false, _)), Some(header)) => {
                Err(ReceiveError::new(header, ReceiveErrorKind::Disagrees))
            }
            (Some((is_presented, _)), _) => Ok(is_presented),
            (None, _) => Ok(told.or(revoked).is_some()),
        }
    }

    /// Whether the certificate is revoked.
    pub(super) fn is_revoked(&self) -> bool {
        matches!(self.revoked, Some((true, _)))
    }

    /// Takes the outcome; [`is_there`](Self::is_there) has checked that there is one.
    pub(super) fn take_verification(&mut self) -> Verification {
        self.verification.take().unwrap_or(Verification::None)
    }
}

/// The verdict that the caller stated for headers without one.
const fn assumed(unstated: Unstated) -> Verification {
    match unstated {
        Unstated::Verified => Verification::Success,
        Unstated::NotVerified => Verification::None,
    }
}

/// Whether the field is part of the verdict.
pub(super) const fn is_verdict(field: Field) -> bool {
    matches!(field, Field::Verdict(_) | Field::Verified | Field::VerifiedFlag(_))
}

/// Whether this verdict is sent only with a certificate.
fn tells_presence(
    form: VerdictForm,
    value: &[u8],
    read: &Verification,
    receiver: &Receiver,
) -> bool {
    match form {
        // `GENEROUS` has a certificate, `NONE` has none.
        VerdictForm::Text if receiver.reading.verdict_words.is_none() => value != b"NONE",
        VerdictForm::Text | VerdictForm::Code | VerdictForm::Constant => {
            *read != Verification::Success && value != b"NONE"
        }
        VerdictForm::Word => false,
    }
}

/// A verdict and the rank of its form: text is more precise than a number, and a number more than yes or no.
type Ranked = (u8, Verification);

/// Merges a verdict into another, and returns whether both are successes or both are failures; otherwise nothing changes. In place, which
/// saves moves.
fn merge(one: &mut Option<Ranked>, other: Ranked) -> bool {
    let Some(own) = one else {
        *one = Some(other);
        return true;
    };
    let succeeded = |(_, verification): &Ranked| *verification == Verification::Success;
    let agree = succeeded(own) == succeeded(&other);
    if agree && other.0 < own.0 {
        *own = other;
    }
    agree
}
