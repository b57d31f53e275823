//! Feature `serde`: header sets in settings files.

pub(crate) mod table;

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, SerializeMap as _};
use serde::{Serialize, Serializer};

use super::{HeaderSet, HeaderSetError};
use crate::field::Field;
use crate::words::{Spelled, words};
use crate::x509::Dialect;
use table::{Entries, Pairs, once};

words! {
    Key as "key" {
        "set" => Set,
        "only" => Only,
        "rename" => Rename,
        "name" => Name,
        "dialect" => Dialect,
        "rows" => Rows,
        "around" => Around,
        "by" => By,
        "including-untrusted" => IncludingUntrusted,
        "also-strip" => AlsoStrip,
    }
}

/// The keys of a set in a settings file, for reading and for writing.
#[derive(Clone, Debug, Default)]
struct Settings {
    set: Option<String>,
    only: Option<Vec<String>>,
    rename: Option<Vec<(String, String)>>,
    name: Option<String>,
    dialect: Option<Dialect>,
    rows: Option<Vec<(String, Field)>>,
    around: Option<Vec<(String, [String; 2])>>,
    by: Option<Vec<String>>,
    including_untrusted: bool,
}

#[derive(Clone, Copy)]
enum Key {
    Set,
    Only,
    Rename,
    Name,
    Dialect,
    Rows,
    Around,
    By,
    IncludingUntrusted,
    AlsoStrip,
}

impl Settings {
    /// The set, or an error for keys that exclude each other.
    fn build(&self) -> Result<HeaderSet, BuildError> {
        let mut set = match (&self.set, &self.rows) {
            (Some(_), Some(_)) => {
                return Err(BuildError::Keys("`set` and `rows` exclude each other"));
            }
            (None, None) => return Err(BuildError::Keys("either `set` or `rows` must be given")),
            (Some(set), None) if self.name.is_none() => HeaderSet::named(set)?,
            (Some(_), None) => return Err(BuildError::Keys("`name` belongs to `rows`")),
            (None, Some(rows)) => {
                if self.only.is_some() || self.rename.is_some() {
                    return Err(BuildError::Keys("`only` and `rename` belong to `set`"));
                }
                let missing = BuildError::Keys("`rows` need a `dialect`, boringssl or openssl");
                let dialect = self.dialect.ok_or(missing)?;
                let rows = rows.iter().map(|(name, field)| (name.as_str(), *field));
                HeaderSet::new(self.name.as_deref().unwrap_or("custom"), dialect, rows)?
            }
        };
        if let Some(only) = &self.only {
            set = set.only(only.iter().map(String::as_str))?;
        }
        if let Some(rename) = &self.rename {
            set = set.renamed_at_once(rename)?;
        }
        if let Some(dialect) = self.dialect {
            set = set.with_dialect(dialect);
        }
        for (header, [before, after]) in self.around.iter().flatten() {
            set = set.surrounded(header, before, after)?;
        }
        if let Some(by) = &self.by {
            set = set.by(by.iter().map(String::as_str))?;
        }
        Ok(if self.including_untrusted { set.including_untrusted() } else { set })
    }

    /// Settings that give this set.
    fn of(set: &HeaderSet) -> Option<Self> {
        let candidates = Self::of_known(set).into_iter().chain([Self::of_rows(set)]);
        let untrusted =
            |settings: Self| [settings.clone(), Self { including_untrusted: true, ..settings }];
        candidates
            .flat_map(untrusted)
            .find(|settings| settings.build().is_ok_and(|built| built == *set))
    }

    fn of_rows(set: &HeaderSet) -> Self {
        let first = set.entries.first();
        Self {
            name: Some(set.name().to_string()),
            dialect: first.and_then(|entry| entry.dialect).or_else(|| Some(Dialect::default())),
            rows: Some(set.rows().map(|(name, field)| (name.to_string(), field)).collect()),
            around: around(set.entries.iter()),
            by: first.and_then(|entry| (!entry.by.is_empty()).then(|| entry.by.to_vec())),
            ..Self::default()
        }
    }

    /// Settings in terms of the crate's set with this name, with some rows renamed.
    fn of_known(set: &HeaderSet) -> Option<Self> {
        let known = HeaderSet::named(set.name()).ok()?;
        let (mut only, mut rename, mut changed) = (Vec::new(), Vec::new(), Vec::new());
        let mut left = known.entries.to_vec();
        for entry in set.entries.iter() {
            let field = |known: &super::Entry| known.field == entry.field;
            let same = left.iter().position(|known| field(known) && known.name == entry.name);
            let known = left.remove(same.or_else(|| left.iter().position(field))?);
            if known.around != entry.around {
                changed.push(entry);
            }
            only.push(known.name.as_str().to_string());
            if known.name != entry.name {
                rename.push((known.name.as_str().to_string(), entry.name.as_str().to_string()));
            }
        }
        let dialect = |set: &HeaderSet| set.entries.first().and_then(|entry| entry.dialect);
        Some(Self {
            set: Some(set.name().to_string()),
            only: (!left.is_empty() || !known.rows().map(|(name, _)| name).eq(&only))
                .then_some(only),
            rename: (!rename.is_empty()).then_some(rename),
            dialect: dialect(set).filter(|own| dialect(&known) != Some(*own)),
            around: around(changed.into_iter()),
            by: Self::of_rows(set).by,
            ..Self::default()
        })
    }
}

/// The fixed text around these rows' values.
fn around<'e>(
    entries: impl Iterator<Item = &'e super::Entry>,
) -> Option<Vec<(String, [String; 2])>> {
    let texts = |entry: &super::Entry| {
        let texts = entry.around.as_deref()?;
        Some((entry.name.as_str().to_string(), texts.clone()))
    };
    let around: Vec<_> = entries.filter_map(texts).collect();
    (!around.is_empty()).then_some(around)
}

/// The reason why the settings do not describe a set.
#[derive(Debug)]
enum BuildError {
    Keys(&'static str),
    Set(HeaderSetError),
}

impl From<HeaderSetError> for BuildError {
    fn from(error: HeaderSetError) -> Self {
        Self::Set(error)
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keys(problem) => formatter.write_str(problem),
            Self::Set(error) => fmt::Display::fmt(error, formatter),
        }
    }
}

/// A set, and further names that the forwarding strips.
pub(crate) struct Described {
    pub(crate) set: HeaderSet,
    pub(crate) also_strip: Vec<String>,
}

struct DescribedVisitor;

impl<'de> Visitor<'de> for DescribedVisitor {
    type Value = Described;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the name of a header set, or a table with `set` or `rows`")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Described, E> {
        let set = HeaderSet::named(name).map_err(E::custom)?;
        Ok(Described { set, also_strip: Vec::new() })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Described, A::Error> {
        let mut settings = Settings::default();
        let (mut untrusted, mut also_strip) = (None, None);
        while let Some(Spelled(key)) = map.next_key()? {
            match key {
                Key::Set => once(&mut settings.set, key, map.next_value()?)?,
                Key::Only => once(&mut settings.only, key, map.next_value()?)?,
                Key::Rename => {
                    let Pairs(pairs) = map.next_value()?;
                    once(&mut settings.rename, key, pairs)?;
                }
                Key::Name => once(&mut settings.name, key, map.next_value()?)?,
                Key::Dialect => {
                    let Spelled(dialect) = map.next_value()?;
                    once(&mut settings.dialect, key, dialect)?;
                }
                Key::Rows => {
                    let Pairs(pairs) = map.next_value()?;
                    once(&mut settings.rows, key, pairs)?;
                }
                Key::Around => {
                    let Pairs(pairs) = map.next_value()?;
                    once(&mut settings.around, key, pairs)?;
                }
                Key::By => once(&mut settings.by, key, map.next_value()?)?,
                Key::IncludingUntrusted => once(&mut untrusted, key, map.next_value()?)?,
                Key::AlsoStrip => once(&mut also_strip, key, map.next_value()?)?,
            }
        }
        settings.including_untrusted = untrusted.unwrap_or_default();
        let set = settings.build().map_err(A::Error::custom)?;
        Ok(Described { set, also_strip: also_strip.unwrap_or_default() })
    }
}

impl<'de> Deserialize<'de> for Described {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DescribedVisitor)
    }
}

/// One set, or a list of them.
pub(crate) struct DescribedList(pub(crate) Vec<Described>);

impl<'de> Deserialize<'de> for DescribedList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListVisitor;

        impl<'de> Visitor<'de> for ListVisitor {
            type Value = DescribedList;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a header set or a list of them")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<DescribedList, E> {
                let one = Described::deserialize(StrDeserializer::new(name))?;
                Ok(DescribedList([one].into()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<DescribedList, A::Error> {
                let one = Described::deserialize(MapAccessDeserializer::new(map))?;
                Ok(DescribedList([one].into()))
            }

            fn visit_seq<A: SeqAccess<'de>>(
                self,
                mut sequence: A,
            ) -> Result<DescribedList, A::Error> {
                let mut list = Vec::new();
                while let Some(described) = sequence.next_element()? {
                    list.push(described);
                }
                Ok(DescribedList(list))
            }
        }

        deserializer.deserialize_any(ListVisitor)
    }
}

/// Reads a set from settings: the name of one of the crate's sets, with changes if any, or your own rows.
///
/// The example is TOML; YAML, JSON and other formats have the same keys:
///
/// ```
/// use tls_client_auth::{Dialect, HeaderSet};
/// use tls_client_auth::field::{Field, NameForm, VerdictForm};
///
/// #[derive(serde::Deserialize)]
/// #[serde(rename_all = "kebab-case")]
/// struct Settings {
///     by_name: HeaderSet,
///     changed: HeaderSet,
///     own: HeaderSet,
/// }
///
/// let settings: Settings = toml::from_str(r#"
///     by-name = "nginx"
///
///     [changed]
///     set = "nginx"
///     only = ["ssl-client-verify", "ssl-client-s-dn"]
///     rename = { ssl-client-s-dn = "X-SSL-Client-DN" }
///
///     [own]
///     dialect = "openssl"
///     rows = { X-SSL-Client-DN = "subject:rfc2253", X-SSL-Client-Verify = "verdict:text" }
/// "#)?;
/// assert_eq!(settings.by_name, HeaderSet::nginx());
/// let rows: Vec<_> = settings.changed.rows().map(|(name, _)| name).collect();
/// assert_eq!(rows, ["ssl-client-verify", "X-SSL-Client-DN"]);
/// assert_eq!(settings.own, HeaderSet::new("custom", Dialect::OpenSsl, [
///     ("X-SSL-Client-DN", Field::Subject(NameForm::Rfc2253)),
///     ("X-SSL-Client-Verify", Field::Verdict(VerdictForm::Text)),
/// ])?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// | Key | Value | Same as |
/// |---|---|---|
/// | `set` | a name: `"nginx"` | [`named`](HeaderSet::named) |
/// | `only` | names of its headers: `["ssl-client-verify"]` | [`only`](HeaderSet::only) |
/// | `rename` | old names and new ones: `{ ssl-client-verify = "X-Verify" }`; after `only`, all at once | [`renamed`](HeaderSet::renamed) |
/// | `rows` | header names and [fields](Field), instead of `set`: `{ X-Verify = "verdict:word" }`. A list of such tables keeps its order in every format; many TOML parsers sort a table by name | [`new`](HeaderSet::new) |
/// | `name` | with `rows`: the set's display name; `"custom"` by default | |
/// | `dialect` | `"boringssl"` or `"openssl"`; required with `rows` | [`with_dialect`](HeaderSet::with_dialect) |
/// | `around` | fixed text before and after a row's value: `{ X-Principal = ["<", ">"] }` | [`surrounded`](HeaderSet::surrounded) |
/// | `by` | the proxy's own URIs: `["spiffe://example.org/proxy"]` | [`by`](HeaderSet::by) |
/// | `including-untrusted` | `true` or `false` | [`including_untrusted`](HeaderSet::including_untrusted) |
///
/// An unknown key, name or field is an error that names the nearest known one and lists all. An invalid set is an error too.
impl<'de> Deserialize<'de> for HeaderSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Described { set, also_strip } = Described::deserialize(deserializer)?;
        if also_strip.is_empty() {
            return Ok(set);
        }
        Err(D::Error::custom("`also-strip` belongs to a forwarding"))
    }
}

/// Writes the settings that [`Deserialize`] reads, in their shortest form.
///
/// Fails if no settings describe the set.
impl Serialize for HeaderSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(settings) = Settings::of(self) else {
            let name = self.name();
            return Err(S::Error::custom(format_args!(
                "header set {name:?}: no settings describe it"
            )));
        };
        let Settings { set, only, rename, name, dialect, rows, around, by, including_untrusted } =
            settings;
        let is_changed = only.is_some()
            || rename.is_some()
            || dialect.is_some()
            || by.is_some()
            || around.is_some()
            || including_untrusted;
        if let (Some(set), false) = (&set, is_changed) {
            return serializer.serialize_str(set);
        }
        let mut map = serializer.serialize_map(None)?;
        let mut entry = Entries(&mut map);
        entry.add("set", set)?;
        entry.add("name", name)?;
        entry.add("dialect", dialect.map(Spelled))?;
        entry.add("only", only)?;
        entry.add("by", by)?;
        entry.add("including-untrusted", including_untrusted.then_some(true))?;
        // TOML has its tables last.
        entry.add("rename", rename.map(Pairs))?;
        entry.add("rows", rows.map(Pairs))?;
        entry.add("around", around.map(Pairs))?;
        map.end()
    }
}
