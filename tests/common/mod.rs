//! What the test programs and the fuzz targets share.

#![allow(dead_code, reason = "each program uses its part")]

pub(crate) mod checks;
pub(crate) mod der;
pub(crate) mod families;
