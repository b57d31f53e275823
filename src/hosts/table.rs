//! All lists in one table by host: a look-up takes at most two probes and does not allocate.

use alloc::boxed::Box;
#[cfg(not(feature = "std"))]
use alloc::collections::BTreeMap as Map;
use alloc::string::String;
#[cfg(feature = "std")]
use std::collections::HashMap as Map;

use super::bodies::{HostnameAssociation, HostnameSettings};
use super::error::{HostnameError, HostnameErrorKind};
use super::name::{Entry, Host};

/// A host's policy: indexes into the lists.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Policy {
    pub(super) association: Option<usize>,
    pub(super) enforced: Option<usize>,
    pub(super) forwards: Option<bool>,
}

impl Policy {
    /// Whether a wildcard could not add anything.
    const fn is_complete(self) -> bool {
        self.association.is_some() && self.enforced.is_some() && self.forwards.is_some()
    }

    /// The host's own policy, completed by a wildcard's.
    fn or(self, wildcard: Self) -> Self {
        Self {
            association: self.association.or(wildcard.association),
            enforced: self.enforced.or(wildcard.enforced),
            forwards: self.forwards.or(wildcard.forwards),
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    exact: Map<Box<str>, Policy>,
    /// Wildcard entries, by the name after `*.`.
    one_label_below: Map<Box<str>, Policy>,
}

impl Table {
    /// Replaces all associations.
    pub(super) fn set_associations(
        &mut self,
        associations: &[HostnameAssociation],
    ) -> Result<(), HostnameError> {
        self.policies().for_each(|policy| policy.association = None);
        for (number, association) in associations.iter().enumerate() {
            self.add("hostnames", association.hostnames(), number, |policy| {
                &mut policy.association
            })?;
        }
        Ok(())
    }

    pub(super) fn add_enforced(
        &mut self,
        hostnames: &[String],
        number: usize,
    ) -> Result<(), HostnameError> {
        self.add("enforced", hostnames, number, |policy| &mut policy.enforced)
    }

    fn add(
        &mut self,
        list: &'static str,
        hostnames: &[String],
        number: usize,
        place: impl Fn(&mut Policy) -> &mut Option<usize>,
    ) -> Result<(), HostnameError> {
        for (index, hostname) in hostnames.iter().enumerate() {
            let refuse = |kind| HostnameError::new(list, index, hostname, kind);
            let entry = Entry::read(hostname).map_err(refuse)?;
            if place(self.policy_of(&entry)).replace(number).is_some() {
                return Err(refuse(HostnameErrorKind::Duplicate));
            }
        }
        Ok(())
    }

    /// Replaces all settings.
    pub(super) fn set_settings(&mut self, settings: &HostnameSettings) {
        self.policies().for_each(|policy| policy.forwards = None);
        for setting in settings.settings() {
            // Parsed before, when the settings were created.
            if let Ok(entry) = Entry::read(&setting.hostname) {
                self.policy_of(&entry).forwards = Some(setting.client_certificate_forwarding);
            }
        }
    }

    fn policies(&mut self) -> impl Iterator<Item = &mut Policy> {
        self.exact.values_mut().chain(self.one_label_below.values_mut())
    }

    fn policy_of(&mut self, entry: &Entry) -> &mut Policy {
        let (map, host) = match entry {
            Entry::Exact(host) => (&mut self.exact, host),
            Entry::OneLabelBelow(host) => (&mut self.one_label_below, host),
        };
        map.entry(host.as_str().into()).or_default()
    }

    pub(super) fn policy(&self, host: &Host) -> Policy {
        let exact = self.exact.get(host.as_str()).copied().unwrap_or_default();
        if self.one_label_below.is_empty() || exact.is_complete() {
            return exact;
        }
        let wildcard = host.parent().and_then(|parent| self.one_label_below.get(parent));
        exact.or(wildcard.copied().unwrap_or_default())
    }
}
