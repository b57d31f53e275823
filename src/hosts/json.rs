//! Feature `serde`: the bodies of Cloudflare's API and its answers.

use alloc::string::String;
use alloc::vec::Vec;

use serde::de::Error as _;
use serde::ser::SerializeStruct as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::bodies::{HostnameAssociation, HostnameSetting, HostnameSettings};
use crate::record::json::Named;

/// A list in the envelope of the API's answers:
/// `{"result":{"hostnames":["api.example.com"]},"success":true,"errors":[],"messages":[]}`.
///
/// For settings, `result` is their array. [`HostnameAssociation`] and [`HostnameSettings`] are also read from an answer; an answer
/// without success is an error with the answer's messages.
///
/// ```
/// use tls_client_auth::hosts::{Answer, HostnameAssociation};
///
/// let association = HostnameAssociation::new(["api.example.com"])?;
/// let answer = serde_json::to_string(&Answer(&association))?;
/// assert_eq!(answer, r#"{"result":{"hostnames":["api.example.com"]},"success":true,"errors":[],"messages":[]}"#);
/// assert_eq!(serde_json::from_str::<HostnameAssociation>(&answer)?, association);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "one list")]
pub struct Answer<'a, T>(pub &'a T);

impl Serialize for Answer<'_, HostnameAssociation> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        envelope(self.0, serializer)
    }
}

impl Serialize for Answer<'_, HostnameSettings> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        envelope(self.0.settings(), serializer)
    }
}

fn envelope<T: Serialize + ?Sized, S: Serializer>(
    result: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut envelope = serializer.serialize_struct("Answer", 4)?;
    envelope.serialize_field("result", result)?;
    envelope.serialize_field("success", &true)?;
    envelope.serialize_field::<[(); 0]>("errors", &[])?;
    envelope.serialize_field::<[(); 0]>("messages", &[])?;
    envelope.end()
}

/// An error or message in an answer.
#[derive(Deserialize)]
struct Problem {
    #[serde(default)]
    message: String,
}

/// Either a body or an answer; the required keys depend on which.
#[derive(Deserialize)]
struct AssociationForm {
    hostnames: Option<Vec<String>>,
    mtls_certificate_id: Option<String>,
    result: Option<Named<Association>>,
    success: Option<bool>,
    errors: Option<Vec<Problem>>,
}

#[derive(Deserialize)]
struct Association {
    hostnames: Vec<String>,
    mtls_certificate_id: Option<String>,
}

#[derive(Deserialize)]
struct SettingsForm {
    settings: Option<Vec<Named<HostnameSetting>>>,
    result: Option<Vec<Named<HostnameSetting>>>,
    success: Option<bool>,
    errors: Option<Vec<Problem>>,
}

/// The list of the body or of the answer; an error if the answer reports a failure.
fn one<T, E: serde::de::Error>(
    name: &'static str,
    body: Option<T>,
    result: Option<T>,
    success: Option<bool>,
    errors: Option<Vec<Problem>>,
) -> Result<T, E> {
    let errors = errors.unwrap_or_default();
    match (body, result, success) {
        (Some(body), None, None) => Ok(body),
        (None, Some(result), Some(true)) if errors.is_empty() => Ok(result),
        (None, _, Some(_)) if success == Some(false) || !errors.is_empty() => {
            let messages: Vec<&str> =
                errors.iter().map(|problem| problem.message.as_str()).collect();
            Err(E::custom(format_args!("the answer is not a success: {}", messages.join("; "))))
        }
        (None, None, None) => Err(E::missing_field(name)),
        _ => Err(E::custom(format_args!("neither a body with {name} nor an answer"))),
    }
}

/// Reads the body, or the API's answer; the error names the entry that is refused.
impl<'de> Deserialize<'de> for HostnameAssociation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Named(form) = Named::<AssociationForm>::deserialize(deserializer)?;
        let (hostnames, identifier) = (form.hostnames, form.mtls_certificate_id);
        let body =
            hostnames.map(|hostnames| Association { hostnames, mtls_certificate_id: identifier });
        let result = form.result.map(|Named(result)| result);
        let list: Association = one("hostnames", body, result, form.success, form.errors)?;
        let association = Self::new(list.hostnames).map_err(D::Error::custom)?;
        match list.mtls_certificate_id {
            Some(identifier) => {
                association.mtls_certificate_id(&identifier).map_err(D::Error::custom)
            }
            None => Ok(association),
        }
    }
}

/// Reads the body, or the API's answer; the error names the entry that is refused.
impl<'de> Deserialize<'de> for HostnameSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Named(form) = Named::<SettingsForm>::deserialize(deserializer)?;
        let settings = one("settings", form.settings, form.result, form.success, form.errors)?;
        let settings = settings.into_iter().map(|Named(setting)| setting).collect();
        Self::new(settings).map_err(D::Error::custom)
    }
}
