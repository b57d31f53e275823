//! How an incoming `x-forwarded-client-cert` is treated: Envoy's `forward_client_cert_details`.

use alloc::vec::Vec;

use crate::field::xfcc_elements;
pub(super) use crate::headers::name::X_FORWARDED_CLIENT_CERT as NAME;
use crate::headers::name::is_alike;
use crate::headers::{HeaderLine, RequestHeaders};
use crate::words::{in_words, words};

/// How to treat the `x-forwarded-client-cert` of an incoming request.
///
/// The modes that keep it are for a proxy with another proxy as its client, identified by that proxy's certificate. The header is
/// kept under its exact name only, with all lines joined by `,`. It is dropped if it has a byte outside printable ASCII, if a
/// [`Receiver`](crate::Receiver) could not parse all of it, or if a parser that knows only quotes would find another last element:
/// such a value could absorb an appended element.
///
/// ```
/// use tls_client_auth::{ClientCertificate, ConnectionState, Forwarding, HeaderSet, Verification};
/// use tls_client_auth::connection::XfccMode;
/// use tls_client_auth::field::Xfcc;
/// # let der = &include_bytes!("../../tests/fixtures/plain.der")[..];
///
/// let trusted = ClientCertificate::presented(der, Verification::Success);
/// let sent = |mode, client: &ClientCertificate| {
///     let set = HeaderSet::envoy_with(Xfcc::new().dns());
///     let forwarding = Forwarding::none().on_every_request(set).xfcc_mode(mode);
///     let mut headers = vec![("X-Forwarded-Client-Cert".to_owned(), "Hash=00;DNS=first.example".to_owned())];
///     ConnectionState::new(client.clone(), forwarding).forward(&mut headers).commit();
///     headers.pop().map(|(_, value)| value).unwrap_or_default()
/// };
/// let own = "Hash=73c94b97c9f215f77ecd6085723216029697fa3b29d2ecd62fb9186db77844aa;DNS=client.example";
/// assert_eq!(sent(XfccMode::Sanitize, &trusted), "");
/// assert_eq!(sent(XfccMode::SanitizeSet, &trusted), own);
/// assert_eq!(sent(XfccMode::AppendForward, &trusted), format!("Hash=00;DNS=first.example,{own}"));
/// assert_eq!(sent(XfccMode::ForwardOnly, &trusted), "Hash=00;DNS=first.example");
/// let nobody = ClientCertificate::none();
/// assert_eq!(sent(XfccMode::ForwardOnly, &nobody), "");
/// assert_eq!(sent(XfccMode::AlwaysForwardOnly, &nobody), "Hash=00;DNS=first.example");
/// ```
#[doc(alias(
    "forward_client_cert_details",
    "forwardClientCertDetails",
    "SANITIZE_SET",
    "APPEND_FORWARD",
    "FORWARD_ONLY",
    "ALWAYS_FORWARD_ONLY",
))]
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum XfccMode {
    /// `SANITIZE`: removes the request's header, and sends none.
    Sanitize,
    /// `SANITIZE_SET`: removes the request's header, and sends that of the sets.
    #[default]
    SanitizeSet,
    /// `APPEND_FORWARD`: appends the sets' element to the header of a trusted client. If the sets give no element, or the header has
    /// another format, the same as [`SanitizeSet`](Self::SanitizeSet); also if a set sends anything but
    /// [`Field::Xfcc`](crate::field::Field::Xfcc) under this name, as Cloud Foundry's does.
    AppendForward,
    /// `FORWARD_ONLY`: forwards the header of a trusted client unchanged, and sends none of the sets.
    ForwardOnly,
    /// `ALWAYS_FORWARD_ONLY`: forwards the header of **any client** unchanged, also without a certificate or TLS. Only for a
    /// listener that no one except proxies can reach.
    AlwaysForwardOnly,
}

words! {
    XfccMode as "xfcc-mode" {
        "sanitize" => Sanitize,
        "sanitize-set" => SanitizeSet,
        "append-forward" => AppendForward,
        "forward-only" => ForwardOnly,
        "always-forward-only" => AlwaysForwardOnly,
    }
}

in_words!(XfccMode);

impl XfccMode {
    /// Whether a request's header is kept, for a trusted client or another.
    pub(crate) const fn keeps(self, trusted: bool) -> bool {
        match self {
            Self::AppendForward | Self::ForwardOnly => trusted,
            Self::AlwaysForwardOnly => true,
            Self::Sanitize | Self::SanitizeSet => false,
        }
    }

    /// Whether the sets' value is sent.
    pub(crate) const fn sends(self) -> bool {
        matches!(self, Self::SanitizeSet | Self::AppendForward)
    }
}

/// Whether a line of the sets has this header's name in any spelling: an origin could confuse them.
pub(crate) fn is_own(line: &HeaderLine<'_>) -> bool {
    is_alike(line.name().as_bytes(), NAME.as_bytes())
}

/// The request's header, if it can be kept, and its number of lines.
pub(crate) fn inbound<H: RequestHeaders + ?Sized>(headers: &H) -> Option<(Vec<u8>, usize)> {
    let (mut joined, mut lines) = (Vec::new(), 0usize);
    headers.visit(&mut |name, value| {
        if name.eq_ignore_ascii_case(NAME.as_bytes()) {
            lines = lines.saturating_add(1);
            if !joined.is_empty() {
                joined.push(b',');
            }
            joined.extend_from_slice(value);
        }
    });
    let joined = joined.trim_ascii();
    let is_printable = joined.iter().all(|byte| matches!(byte, b' '..=b'~'));
    let last = last(joined).filter(|_| is_printable)?;
    // Parsers that know only quotes must find the same last element.
    (is_json(joined) || last_outside_quotes(joined) == Some(last)).then(|| (joined.to_vec(), lines))
}

/// The text after the last comma outside quotes. `None` if a quote is left open.
fn last_outside_quotes(text: &[u8]) -> Option<&[u8]> {
    let (mut quoted, mut escaped, mut start) = (false, false, 0usize);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b',' if !quoted => start = at.saturating_add(1),
            _ => {}
        }
    }
    let last = text.get(start..).filter(|_| !quoted)?;
    Some(last.trim_ascii())
}

/// The last element, if the whole value matches the receiver's grammar.
fn last(value: &[u8]) -> Option<&[u8]> {
    let mut last = None;
    xfcc_elements(value, |element| last = Some(element))?;
    last
}

fn is_json(value: &[u8]) -> bool {
    value.starts_with(b"[")
}

/// The request's header with our element appended; only ours if the formats differ. Not appended again if the headers were
/// already prepared.
pub(crate) fn appended(inbound: Vec<u8>, own: &[u8]) -> Vec<u8> {
    if is_json(&inbound) != is_json(own) {
        return own.to_vec();
    }
    if last(&inbound) == last(own) {
        return inbound;
    }
    let mut list = inbound;
    let mut own = own;
    if is_json(own) {
        // Without the closing bracket of one and the opening bracket of the other.
        list.pop();
        list.truncate(list.trim_ascii_end().len());
        own = own.get(1..).unwrap_or_default();
    }
    list.push(b',');
    list.extend_from_slice(own);
    list
}

#[cfg(all(test, not(loom_model)))]
mod tests {
    use super::*;
    use crate::client::VerifyError;
    use crate::field::Xfcc;
    use crate::{ClientCertificate, ConnectionState, Forwarding, HeaderSet, Verification};
    use alloc::string::{String, ToString as _};

    const DER: &[u8] = include_bytes!("../../tests/fixtures/plain.der");
    const OWN: &str = "Hash=73c94b97c9f215f77ecd6085723216029697fa3b29d2ecd62fb9186db77844aa";
    const OWN_JSON: &str =
        r#"{"hash":"73c94b97c9f215f77ecd6085723216029697fa3b29d2ecd62fb9186db77844aa"}"#;

    fn sent(mode: XfccMode, xfcc: Xfcc, client: &ClientCertificate, inbound: &[&str]) -> String {
        let forwarding =
            Forwarding::none().on_every_request(HeaderSet::envoy_with(xfcc)).xfcc_mode(mode);
        let connection = ConnectionState::new(client.clone(), forwarding);
        let header = |name: &str, value: &str| (name.to_string(), value.to_string());
        let mut headers: Vec<_> =
            inbound.iter().map(|value| header("X-Forwarded-Client-Cert", value)).collect();
        headers.push(header("x_forwarded_client_cert", "Hash=other"));
        headers.push(header("Connection", "X-Forwarded-Client-Cert"));
        connection.claim().apply(&mut headers);
        let once = headers.clone();
        connection.claim().apply(&mut headers);
        assert_eq!(headers, once, "applied twice");
        let withheld = &mut once.clone();
        connection.withhold().apply(withheld);
        assert!(withheld.is_empty(), "withheld");
        let mut values = headers.into_iter().map(|(_, value)| value);
        let value = values.next().unwrap_or_default();
        assert_eq!(values.next(), None);
        value
    }

    #[test]
    fn each_mode_with_each_kind_of_client() {
        let presented = |verification| ClientCertificate::presented(DER, verification);
        let trusted = presented(Verification::Success);
        let failed = presented(VerifyError::CertHasExpired.into());
        let none = ClientCertificate::none();
        let appended = "Hash=1,".to_string() + OWN;
        let cases = [
            (XfccMode::Sanitize, ["", "", ""]),
            (XfccMode::SanitizeSet, [OWN, "", ""]),
            (XfccMode::AppendForward, [&appended, "", ""]),
            (XfccMode::ForwardOnly, ["Hash=1", "", ""]),
            (XfccMode::AlwaysForwardOnly, ["Hash=1", "Hash=1", "Hash=1"]),
        ];
        for (mode, expected) in cases {
            for (client, expected) in [&trusted, &failed, &none].into_iter().zip(expected) {
                assert_eq!(sent(mode, Xfcc::new(), client, &["Hash=1"]), expected, "{mode:?}");
            }
        }
    }

    #[test]
    fn another_spelling_obeys_the_modes() {
        let client = ClientCertificate::presented(DER, Verification::Success);
        let cases = [
            (XfccMode::Sanitize, None),
            (XfccMode::SanitizeSet, Some(OWN.to_string())),
            (XfccMode::AppendForward, Some("Hash=1,".to_string() + OWN)),
            (XfccMode::ForwardOnly, Some("Hash=1".to_string())),
            (XfccMode::AlwaysForwardOnly, Some("Hash=1".to_string())),
        ];
        for spelling in ["X_Forwarded_Client_Cert", "x.forwarded-client.cert"] {
            for (mode, expected) in &cases {
                let set = HeaderSet::envoy_with(Xfcc::new()).renamed(NAME, spelling).unwrap();
                let forwarding = Forwarding::none().on_every_request(set).xfcc_mode(*mode);
                let connection = ConnectionState::new(client.clone(), forwarding);
                let mut headers = Vec::from([(NAME.to_string(), "Hash=1".to_string())]);
                connection.claim().apply(&mut headers);
                let values: Vec<String> = headers.into_iter().map(|(_, value)| value).collect();
                assert_eq!(values, expected.iter().cloned().collect::<Vec<_>>(), "{mode:?}");
            }
        }
    }

    #[test]
    fn our_element_is_appended_to_whole_lists_only() {
        let trusted = ClientCertificate::presented(DER, Verification::Success);
        let text = |before: &str| before.to_string() + OWN;
        let json = |before: &str| "[".to_string() + before + OWN_JSON + "]";
        let cases: [(&str, &[&str], String, String); 12] = [
            ("none", &[], text(""), json("")),
            ("empty", &[""], text(""), json("")),
            ("two lines", &["Hash=1", "Hash=2"], text("Hash=1,Hash=2,"), json("")),
            ("JSON", &[r#"[{"hash":"1"}]"#], text(""), json(r#"{"hash":"1"},"#)),
            ("empty JSON", &["[ ]"], text(""), json("")),
            ("open quote", &[r#"Hash=1;Subject=""#], text(""), json("")),
            ("escaped quote", &[r#"Subject="\"""#], text(r#"Subject="\"","#), json("")),
            ("open bracket", &["[{]"], text(""), json("")),
            ("closed too early", &["[],[]"], text(""), json("")),
            ("open JSON quote", &[r#"[{"a":"]"#], text(""), json("")),
            ("control byte", &["Hash\t=1"], text(""), json("")),
            ("8-bit byte", &["Hash=é"], text(""), json("")),
        ];
        for (name, inbound, text, json) in cases {
            let sent = |xfcc| sent(XfccMode::AppendForward, xfcc, &trusted, inbound);
            assert_eq!(sent(Xfcc::new()), text, "{name}");
            assert_eq!(sent(Xfcc::new().json()), json, "{name}, JSON");
        }
    }

    #[test]
    fn a_value_of_ours_that_is_no_element_is_not_appended() {
        use crate::field::{Field, NameForm};
        let client = ClientCertificate::presented(DER, Verification::Success);
        let own = |field| HeaderSet::new("own", crate::Dialect::OpenSsl, [(NAME, field)]).unwrap();
        let sets = [
            HeaderSet::cloud_foundry(),
            own(Field::Subject(NameForm::Rfc2253)),
            own(Field::Fixed).surrounded(NAME, "Hash=1", "").unwrap(),
            HeaderSet::envoy().surrounded(NAME, "Hash=2,", "").unwrap(),
        ];
        for set in sets {
            let value = |mode, inbound: &str| {
                let forwarding = Forwarding::none().on_every_request(set.clone()).xfcc_mode(mode);
                let mut headers = Vec::from([(NAME.to_string(), inbound.to_string())]);
                ConnectionState::new(client.clone(), forwarding).claim().apply(&mut headers);
                headers.pop().map(|(_, value)| value)
            };
            let own = value(XfccMode::SanitizeSet, "Hash=00");
            assert!(own.is_some());
            for inbound in ["Hash=00", r#"[{"hash":"00"}]"#, "MIIB"] {
                assert_eq!(value(XfccMode::AppendForward, inbound), own, "{inbound}");
            }
            assert_eq!(value(XfccMode::ForwardOnly, "Hash=00").as_deref(), Some("Hash=00"));
            assert_eq!(value(XfccMode::Sanitize, "Hash=00"), None);
        }
    }

    /// Splits at commas outside quotes, as a simple parser does.
    fn naive_last(value: &str) -> &str {
        let (mut quoted, mut escaped, mut start) = (false, false, 0);
        for (at, byte) in value.bytes().enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = quoted,
                b'"' => quoted = !quoted,
                b',' if !quoted => start = at.saturating_add(1),
                _ => {}
            }
        }
        &value[start..]
    }

    #[test]
    fn nothing_inbound_absorbs_our_element() {
        let quote = &include_bytes!("../../tests/fixtures/ch_quote.der")[..];
        let client = ClientCertificate::presented(quote, Verification::Success);
        let xfcc = || Xfcc::new().subject().uri();
        let own = sent(XfccMode::SanitizeSet, xfcc(), &client, &[]);
        let own_json = sent(XfccMode::SanitizeSet, xfcc().json(), &client, &[]);
        assert!(own.contains(r#"Subject="CN=a\"b"#), "{own}");
        // The value in the request, and what is sent before our element.
        let cases = [
            (r#"Hash=00;URI=spiffe://admin;Y="z,{own}"#, ""),
            (r#"Hash=00;URI=spiffe://admin;Y="z\",{own}"#, ""),
            (r#"Hash=00;URI=spiffe://admin;Y=",{own}"#, ""),
            (r#"Hash=00;URI=spiffe://admin;Y="z"#, ""),
            (r#"Hash=00;Y="a,b",{own}"#, r#"Hash=00;Y="a,b","#),
            (r#"Hash=00;Y=\,{own}"#, r#"Hash=00;Y=\,"#),
            ("Hash=00;{own}", "Hash=00;{own},"),
            ("Hash=00,{own}", "Hash=00,"),
            ("{own},{own}", "{own},"),
            ("Hash=00", "Hash=00,"),
            (r#"Hash=00;By=/'admin;Y="z,{own}"#, ""),
            (r#"By="x;Hash=00"#, ""),
            ("Hash=00;", ""),
            ("Hash", ""),
            ("{own}", ""),
        ];
        for (inbound, front) in cases {
            let [inbound, front] = [inbound, front].map(|text| text.replace("{own}", &own));
            let value = sent(XfccMode::AppendForward, xfcc(), &client, &[&inbound]);
            assert_eq!(value, front + &own, "{inbound}");
            assert_eq!(naive_last(&value), own, "{inbound}");
        }
        let cases = [
            (r#"[{"hash":"00"},{own}]"#, r#"{"hash":"00"},"#),
            (r#"[ {"hash":"00"} , {own} ]"#, r#" {"hash":"00"} , "#),
            (r#"[{"hash":"00"} ]"#, r#"{"hash":"00"},"#),
            (r#"[{"hash":"00","y":",{own}]"#, ""),
            (r#"[{"hash":"00","y":["},{own}]"#, ""),
            (r#"[{"hash":"00"}{own}]"#, ""),
            (r#"[{"hash":"00","y":{own}}]"#, ""),
            (r#"[{own}"#, ""),
            ("[]", ""),
        ];
        let own = own_json.trim_matches(['[', ']']);
        for (inbound, front) in cases {
            let inbound = inbound.replace("{own}", own);
            let value = sent(XfccMode::AppendForward, xfcc().json(), &client, &[&inbound]);
            let plain = |text: &str| text.replace([' ', '[', ']'], "");
            assert_eq!(plain(&value), plain(front) + &plain(own), "{inbound}");
        }
    }

    #[cfg(feature = "http")]
    #[test]
    fn the_lines_of_a_header_map_are_joined() {
        let client = ClientCertificate::presented(DER, Verification::Success);
        let forwarding = Forwarding::none()
            .on_every_request(HeaderSet::envoy_with(Xfcc::new()))
            .xfcc_mode(XfccMode::AppendForward);
        let mut headers = http::HeaderMap::new();
        for value in ["Hash=1", "Hash=2"] {
            headers.append(NAME, http::HeaderValue::from_static(value));
        }
        headers.append("x_forwarded_client_cert", http::HeaderValue::from_static("Hash=3"));
        ConnectionState::new(client, forwarding).claim().apply(&mut headers);
        assert_eq!(headers.len(), 1);
        assert_eq!(headers[NAME].to_str().unwrap(), "Hash=1,Hash=2,".to_string() + OWN);
    }

    #[test]
    fn nothing_is_kept_without_an_element_of_ours() {
        let client = ClientCertificate::presented(DER, Verification::Success);
        let forwarding = Forwarding::none()
            .on_first_request(HeaderSet::envoy())
            .xfcc_mode(XfccMode::AppendForward);
        let connection = ConnectionState::new(client, forwarding);
        connection.claim().commit();
        let mut headers: Vec<(String, String)> = Vec::from([(NAME.into(), "Hash=1".into())]);
        connection.claim().apply(&mut headers);
        assert!(headers.is_empty());
    }
}
