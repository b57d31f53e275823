//! Reading and writing tables of settings files.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Serialize, Serializer};

use crate::words::{Spelled, Words};

/// The entries of a table that have a value.
pub(crate) struct Entries<'m, M>(pub(crate) &'m mut M);

impl<M: serde::ser::SerializeMap> Entries<'_, M> {
    pub(crate) fn add<T: Serialize>(
        &mut self,
        key: &'static str,
        value: Option<T>,
    ) -> Result<(), M::Error> {
        value.map_or(Ok(()), |value| self.0.serialize_entry(key, &value))
    }
}

/// A table from names to values; a list of such tables where a format that sorts tables would change the order.
pub(crate) struct Pairs<V>(pub(crate) Vec<(String, V)>);

impl<V: Serialize> Serialize for Pairs<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(pairs) = self;
        if pairs.is_sorted_by_key(|(key, _)| key) {
            return serializer.collect_map(pairs.iter().map(|(key, value)| (key, value)));
        }
        serializer.collect_seq(pairs.iter().map(|(key, value)| BTreeMap::from([(key, value)])))
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Pairs<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PairsVisitor<V>(PhantomData<V>);

        impl<'de, V: Deserialize<'de>> Visitor<'de> for PairsVisitor<V> {
            type Value = Pairs<V>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a table, or a list of tables")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Pairs<V>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(Pairs(mut more)) = list.next_element()? {
                    pairs.append(&mut more);
                }
                Ok(Pairs(pairs))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<V>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }

        deserializer.deserialize_any(PairsVisitor(PhantomData))
    }
}

/// Sets a value; an error if it is already set.
pub(crate) fn once<T, E: Error>(slot: &mut Option<T>, key: impl Words, value: T) -> Result<(), E> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(E::custom(format_args!("key \"{}\": is duplicated", Spelled(key)))),
    }
}
