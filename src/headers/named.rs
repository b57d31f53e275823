//! The crate's sets by name, for settings and command lines.

use alloc::string::String;
use alloc::vec::Vec;

use crate::headers::{HeaderSet, HeaderSetError, HeaderSetErrorKind};

impl HeaderSet {
    /// Returns the set with this name, from [`all`](Self::all) or [`readers`](Self::readers): `nginx`, `cloudflare-managed`,
    /// `puppet`.
    ///
    /// ```
    /// use tls_client_auth::HeaderSet;
    ///
    /// assert_eq!(HeaderSet::named("nginx")?, HeaderSet::nginx());
    ///
    /// let error = HeaderSet::named("ngnix").unwrap_err().to_string();
    /// assert!(error.starts_with(r#"header set "ngnix": is not known, did you mean "nginx"? Known: cloudflare, cloudflare-worker, "#));
    /// # Ok::<(), tls_client_auth::headers::HeaderSetError>(())
    /// ```
    ///
    /// # Errors
    /// No set has exactly this name. The error names the nearest one and lists all.
    pub fn named(name: &str) -> Result<Self, HeaderSetError> {
        let readers = Self::readers().map(|(set, _)| set);
        let sets: Vec<Self> = Self::all().into_iter().chain(readers).collect();
        let known = sets.iter().map(|set| String::from(set.name())).collect();
        let set = sets.into_iter().find(|set| set.name() == name);
        set.ok_or_else(|| HeaderSetError::new(name, HeaderSetErrorKind::UnknownSet).among(known))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_has_a_name_of_its_own() {
        for set in HeaderSet::all() {
            assert_eq!(HeaderSet::named(set.name()).as_ref(), Ok(&set));
        }
    }
}
