//! Properties that hold for any bytes, as assertions for tests and fuzz targets.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use tls_client_auth::field::{Field, Limits};
use tls_client_auth::x509::{Certificate, SubjectAltName, Time};
use tls_client_auth::{
    ClientCertificate, ConnectionState, Dialect, Forwarding, HeaderSet, TlsClientAuth, Verification,
};

pub(crate) const DIALECTS: [Dialect; 2] = [Dialect::OpenSsl, Dialect::BoringSsl];

/// Asserts that the text is printable ASCII.
pub(crate) fn printable(what: &str, text: &str) {
    let bad = text.bytes().find(|byte| !matches!(byte, 0x20..=0x7e));
    assert_eq!(bad, None, "{what}: {text:?}");
}

/// Asserts that the text can be a header value: not empty, printable, without a space at its ends.
///
/// Recipients trim such spaces, and HTTP/2 forbids them.
pub(crate) fn header_value(what: &str, text: &str) {
    printable(what, text);
    assert!(!text.is_empty(), "{what}");
    assert_eq!(text.trim_matches(' '), text, "{what}: a space at an end");
}

pub(crate) fn lower_hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Parses a certificate and everything in it, and compares the values with those of the crate `x509-cert`.
pub(crate) fn certificate(der: &[u8]) {
    let theirs: Result<x509_cert::Certificate, _> = der::Decode::from_der(der);
    let certificate = match Certificate::from_der(der) {
        Ok(certificate) => certificate,
        Err(error) => {
            assert!(error.offset() <= der.len(), "{error}");
            assert!(theirs.is_err(), "x509-cert reads it: {error}");
            return;
        }
    };
    assert_eq!(certificate.as_der(), der);
    assert_eq!(certificate.sha1(), <[u8; 20]>::from(Sha1::digest(der)));
    assert_eq!(certificate.sha256(), <[u8; 32]>::from(Sha256::digest(der)));
    let key = certificate.subject_public_key_info();
    assert_eq!(certificate.public_key_sha256(), <[u8; 32]>::from(Sha256::digest(key)));
    assert!(certificate.version().is_none_or(|version| (1..=256).contains(&version)));
    // Here and below, `let _` calls what may return anything, but must not panic.
    let _ = certificate.unsigned_parts_agree();

    if let Some(serial) = certificate.serial_number() {
        let hex = serial.to_hex();
        assert_eq!(hex.starts_with('-'), serial.is_negative(), "{hex}");
        assert_eq!(integer(&hex), serial.as_der(), "{hex}");
    }
    for dialect in DIALECTS {
        for name in [certificate.subject(), certificate.issuer()] {
            name_forms(name.rfc2253(dialect), name.legacy(dialect));
        }
    }
    time(certificate.not_before());
    time(certificate.not_after());

    let extensions: Vec<_> = certificate.extensions().collect();
    let value = |identifier: &[u8]| {
        let mut found = extensions.iter().filter(|one| one.identifier().as_der() == identifier);
        found.next().filter(|_| found.next().is_none()).map(|extension| extension.value())
    };
    for extension in &extensions {
        for dialect in DIALECTS {
            let dotted = extension.identifier().dotted(dialect);
            assert!(dotted.len() <= 79, "{dotted}");
            assert!(dotted.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.')), "{dotted}");
            printable("short name", extension.identifier().short_name(dialect).unwrap_or("CN"));
        }
        let _ = extension.is_critical();
    }
    if let Some(key) = certificate.subject_key_identifier() {
        let extension = value(super::der::SUBJECT_KEY_IDENTIFIER).unwrap();
        assert!(extension.starts_with(&super::der::tlv(super::der::OCTET_STRING, key)));
    }
    if let Some(issuer) = certificate.authority_key_identifier() {
        assert!(value(super::der::AUTHORITY_KEY_IDENTIFIER).is_some());
        let _ = (issuer.key_identifier(), issuer.authority_cert_serial_number());
        issuer.authority_cert_issuer().for_each(drop);
    }
    let mut names = 0;
    for name in certificate.subject_alt_names() {
        names += 1;
        match name {
            SubjectAltName::Dns(text) | SubjectAltName::Email(text) | SubjectAltName::Uri(text) => {
                assert!(!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()));
            }
            SubjectAltName::Directory(name) => {
                for dialect in DIALECTS {
                    name_forms(name.rfc2253(dialect), name.legacy(dialect));
                }
            }
            SubjectAltName::RegisteredId(identifier) | SubjectAltName::Other(identifier, _) => {
                for dialect in DIALECTS {
                    printable("identifier", &identifier.dotted(dialect));
                }
            }
            SubjectAltName::Unreadable(entry) => assert!(entry.len() >= 2),
            _ => {}
        }
    }
    assert!(names == 0 || value(super::der::SUBJECT_ALT_NAME).is_some());

    let Ok(theirs) = theirs else {
        assert!(certificate.to_x509_cert().is_err());
        return;
    };
    assert_eq!(certificate.to_x509_cert().unwrap(), theirs);
    let theirs = theirs.tbs_certificate();
    assert_eq!(
        certificate.serial_number().map(|serial| serial.as_der()),
        Some(theirs.serial_number().as_bytes())
    );
    assert_eq!(extensions.len(), theirs.extensions().map_or(0, |extensions| extensions.len()));
    let times = [certificate.not_before(), certificate.not_after()];
    let validity = [theirs.validity().not_before, theirs.validity().not_after];
    for (ours, theirs) in times.into_iter().zip(validity) {
        let seconds = ours.to_offset_date_time().map(|time| time.unix_timestamp());
        assert_eq!(seconds, i64::try_from(theirs.to_unix_duration().as_secs()).ok());
    }
}

/// Asserts that both forms of a name are printable, that both are empty or neither, and that RFC 2253's is escaped.
pub(crate) fn name_forms(rfc2253: Option<String>, legacy: Option<String>) {
    if let Some(legacy) = &legacy {
        printable("legacy", legacy);
        assert!(legacy.is_empty() || legacy.starts_with(['/', '+']), "{legacy}");
    }
    if let Some(rfc2253) = &rfc2253 {
        printable("RFC 2253", rfc2253);
        assert_eq!(legacy.as_deref().map(str::is_empty), Some(rfc2253.is_empty()), "{rfc2253}");
        // RFC 2253 §3: a backslash precedes a special character or two hex digits.
        let mut rest = rfc2253.as_bytes();
        while let Some((byte, after)) = rest.split_first() {
            rest = match (byte, after) {
                (
                    b'\\',
                    [b',' | b'+' | b'"' | b'\\' | b'<' | b'>' | b';' | b'#' | b' ', rest @ ..],
                ) => rest,
                (b'\\', [one, two, rest @ ..])
                    if one.is_ascii_hexdigit() && two.is_ascii_hexdigit() =>
                {
                    rest
                }
                (b'\\' | b'"' | b'<' | b'>' | b';', _) => panic!("not escaped: {rfc2253}"),
                _ => after,
            };
        }
    }
}

fn time(time: Time<'_>) {
    let [openssl, boringssl] = DIALECTS.map(|dialect| time.text(dialect));
    for text in openssl.iter().chain(&boringssl) {
        printable("date", text);
        assert!(text.ends_with(" GMT"), "{text}");
    }
    // BoringSSL accepts fewer dates, and prints those as OpenSSL does.
    assert!(boringssl.is_none() || boringssl == openssl, "{boringssl:?} {openssl:?}");
    assert_eq!(openssl.is_some(), time.to_offset_date_time().is_some(), "{openssl:?}");
}

/// Contents of the INTEGER that is printed as this signed hex: the shortest two's complement.
fn integer(hex: &str) -> Vec<u8> {
    let (negative, digits) = match hex.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, hex),
    };
    assert!(digits.len() >= 2 && digits.len().is_multiple_of(2), "{hex}");
    let pairs = digits.as_bytes().as_chunks::<2>().0;
    let byte = |pair: &[u8; 2]| {
        assert!(pair.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'A'..=b'F')), "{hex}");
        u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()
    };
    let mut bytes: Vec<u8> = core::iter::once(0).chain(pairs.iter().map(byte)).collect();
    if negative {
        bytes.iter_mut().for_each(|byte| *byte = !*byte);
        for byte in bytes.iter_mut().rev() {
            let carry;
            (*byte, carry) = byte.overflowing_add(1);
            if !carry {
                break;
            }
        }
    }
    let spare = |bytes: &[u8]| match bytes {
        [0x00, second, ..] => *second < 0x80,
        [0xff, second, ..] => *second >= 0x80,
        _ => false,
    };
    while spare(&bytes) {
        bytes.remove(0);
    }
    bytes
}

/// All of the crate's own sets.
pub(crate) fn sets() -> &'static [HeaderSet] {
    static SETS: LazyLock<Vec<HeaderSet>> = LazyLock::new(HeaderSet::all);
    &SETS
}

/// The certificates in a value of base64 or of RFC 9440's byte sequences.
fn decoded(value: &str) -> Vec<Vec<u8>> {
    let one = |text: &str| {
        let text = text.strip_prefix(':').and_then(|text| text.strip_suffix(':')).unwrap_or(text);
        STANDARD.decode(text).unwrap()
    };
    value.split(", ").map(one).collect()
}

/// Checks all properties and all header sets of one client, with these limits for the encoded leaf and chain.
pub(crate) fn record_and_headers(client: &ClientCertificate, limits: Limits, encoded: [usize; 2]) {
    let [encoded_leaf, encoded_chain] = encoded;
    let limits = limits.encoded_leaf(encoded_leaf).encoded_chain(encoded_chain);
    let limits = limits.other_sets(encoded_chain).text(encoded_chain);
    let record = TlsClientAuth::with_limits(client, limits);
    let properties = properties(&record);
    let leaf = client.leaf();
    for (name, value) in properties {
        printable(name, value);
        let limit = match name {
            "certRFC9440" => encoded_leaf,
            "certChainRFC9440" => encoded_chain,
            // The longest escape prints two bytes of a BMPString as nine characters, `\E5\B1\B1`.
            _ => 5 * leaf.map_or(0, <[u8]>::len) + 100,
        };
        assert!(value.len() <= limit, "{name}: {} bytes", value.len());
    }
    assert_eq!(record.cert_presented(), u8::from(client.is_presented()).to_string());
    assert_eq!(record.cert_revoked(), u8::from(client.is_revoked()).to_string());
    if let Some(leaf) = leaf {
        assert_eq!(record.cert_fingerprint_sha1(), lower_hex(Sha1::digest(leaf)));
        assert_eq!(record.cert_fingerprint_sha256(), lower_hex(Sha256::digest(leaf)));
        let whole = format!(":{}:", STANDARD.encode(leaf));
        let too_large = whole.len() > encoded_leaf;
        assert_eq!(record.cert_rfc9440_too_large(), too_large);
        assert_eq!(record.cert_rfc9440(), if too_large { "" } else { &whole });
    } else {
        let rest = ["certPresented", "certVerified", "certRevoked", "certChainRFC9440"];
        assert!(properties.iter().all(|(name, text)| rest.contains(name) || text.is_empty()));
        assert!(!record.cert_rfc9440_too_large());
    }
    let chain: Vec<String> =
        client.chain_certificates().map(|der| format!(":{}:", STANDARD.encode(der))).collect();
    let chain = chain.join(", ");
    assert_eq!(record.cert_chain_rfc9440_too_large(), chain.len() > encoded_chain);
    assert_eq!(record.cert_chain_rfc9440(), if chain.len() > encoded_chain { "" } else { &chain });
    #[cfg(feature = "http")]
    header_values(record);

    for set in sets() {
        let mut rows: Vec<(&str, Field)> = set.rows().collect();
        let lines = set.lines(client, limits);
        for line in lines.iter() {
            // In the set's order, each at most once.
            let at = rows.iter().position(|(name, _)| *name == line.name());
            let at = at.unwrap_or_else(|| panic!("{}: out of order", line.name()));
            let (_, field) = rows.drain(..=at).next_back().unwrap();
            header_value(line.name(), line.value());
            let limit = match (line.name(), field) {
                // Facts are never sent without the verdict, so no limit applies to it.
                (_, Field::Presented(_) | Field::Verified | Field::VerifiedFlag(_)) => usize::MAX,
                (_, Field::Verdict(_) | Field::Revoked(_) | Field::Tls(_)) => usize::MAX,
                ("Cf-Client-Cert-Der-Base64" | "Client-Cert", _) => encoded_leaf,
                (name, _) if name.starts_with("Cf-") => encoded_chain,
                _ => encoded_leaf.max(encoded_chain),
            };
            assert!((1..=limit).contains(&line.value().len()), "{}", line.name());
            assert_eq!(lines.get(line.name()), Some(line.value()));
            match (set.name(), line.name()) {
                ("cloudflare", "Cf-Client-Cert-Der-Base64") | ("rfc9440", "Client-Cert") => {
                    assert_eq!(decoded(line.value()), [leaf.unwrap()]);
                }
                ("rfc9440", "Client-Cert-Chain") => {
                    assert!(client.chain_certificates().eq(decoded(line.value())));
                }
                ("cloudflare", "Cf-Client-Cert-Sha256") => {
                    assert_eq!(line.value(), lower_hex(Sha256::digest(leaf.unwrap())));
                }
                _ => {}
            }
            #[cfg(feature = "http")]
            assert_eq!(line.header_value(), line.value());
        }
        // These two sets carry no verdict, so they are for trusted clients only.
        let silent = matches!(set.name(), "cloudflare" | "rfc9440") && !client.is_trusted();
        assert!(!silent || lines.iter().next().is_none(), "{}: not trusted", set.name());
        for name in lines.too_large() {
            // Envoy's header is sent without its certificates.
            let is_envoy_s = name == "x-forwarded-client-cert";
            assert!(is_envoy_s || lines.get(name).is_none(), "{name}: sent and too large");
        }
    }
}

/// Asserts that the header values of a record are its own texts, and that a record that is not trusted has none.
#[cfg(feature = "http")]
fn header_values(record: TlsClientAuth) {
    let rfc9440 = record.cert_rfc9440();
    let texts = [rfc9440.trim_matches(':'), record.cert_fingerprint_sha256(), rfc9440];
    let sent = |text: &str| record.is_trusted() && !text.is_empty();
    let texts = texts.map(|text| sent(text).then(|| text.to_owned()));
    let values = record.into_header_values();
    let values = [values.der_base64, values.sha256, values.client_cert];
    assert_eq!(values.map(|value| Some(value?.to_str().unwrap().to_owned())), texts);
}

/// The text properties by their names in JSON.
pub(crate) fn properties(record: &TlsClientAuth) -> [(&'static str, &str); 19] {
    [
        ("certPresented", record.cert_presented()),
        ("certVerified", record.cert_verified()),
        ("certRevoked", record.cert_revoked()),
        ("certIssuerDN", record.cert_issuer_dn()),
        ("certSubjectDN", record.cert_subject_dn()),
        ("certIssuerDNRFC2253", record.cert_issuer_dn_rfc2253()),
        ("certSubjectDNRFC2253", record.cert_subject_dn_rfc2253()),
        ("certIssuerDNLegacy", record.cert_issuer_dn_legacy()),
        ("certSubjectDNLegacy", record.cert_subject_dn_legacy()),
        ("certSerial", record.cert_serial()),
        ("certIssuerSerial", record.cert_issuer_serial()),
        ("certSKI", record.cert_ski()),
        ("certIssuerSKI", record.cert_issuer_ski()),
        ("certFingerprintSHA1", record.cert_fingerprint_sha1()),
        ("certFingerprintSHA256", record.cert_fingerprint_sha256()),
        ("certNotBefore", record.cert_not_before()),
        ("certNotAfter", record.cert_not_after()),
        ("certRFC9440", record.cert_rfc9440()),
        ("certChainRFC9440", record.cert_chain_rfc9440()),
    ]
}

/// A header of the caller's own, which no family covers.
pub(crate) const OWN: &str = "x-tenant-serial";

/// The name as compared by servers that turn header names into variables: lower case, and one character for all separators.
pub(crate) fn variable(name: &str) -> String {
    name.chars()
        .map(|character| match character.to_ascii_lowercase() {
            character if character.is_ascii_alphanumeric() => character,
            _ => '-',
        })
        .collect()
}

pub(crate) fn is_owned(name: &str) -> bool {
    tls_client_auth::connection::is_owned_name(name.as_bytes()) || variable(name) == OWN
}

/// Every set, in turn on the first and on every request, and [`OWN`] on every request.
pub(crate) fn everything() -> &'static Forwarding {
    static EVERYTHING: LazyLock<Forwarding> = LazyLock::new(|| {
        let own = HeaderSet::new("own", Dialect::OpenSsl, [(OWN, Field::Verified)]).unwrap();
        let mut forwarding = Forwarding::none().on_every_request(own);
        for (index, set) in sets().iter().cloned().enumerate() {
            forwarding = match index % 2 {
                0 => forwarding.on_first_request(set),
                _ => forwarding.on_every_request(set),
            };
        }
        forwarding
    });
    &EVERYTHING
}

type Pairs = Vec<(String, String)>;

/// Applies a claim of each kind to the headers, as pairs and as a header map, and checks what is left.
pub(crate) fn strip(client: &ClientCertificate, forwarding: &Forwarding, before: &Pairs) {
    let connection = ConnectionState::new(client.clone(), forwarding.clone());
    let first = connection.claim();
    for (kind, claim) in
        [("first", &first), ("later", &connection.claim()), ("withheld", &connection.withhold())]
    {
        let lines: Pairs =
            claim.lines().map(|line| (line.name().to_owned(), line.value().to_owned())).collect();
        assert!(kind != "withheld" || lines.is_empty());
        let mut after = before.clone();
        claim.apply(&mut after);
        stripped(kind, before, &after, &lines);
        // Applying the claim again, as for a retry, changes nothing.
        let once = after.clone();
        claim.apply(&mut after);
        stripped(kind, &once, &after, &lines);
        #[cfg(feature = "http")]
        strip_map(kind, claim, before, &lines);
    }
}

/// Asserts that `after` is `before` without what is stripped, followed by `lines`.
fn stripped(kind: &str, before: &Pairs, after: &Pairs, lines: &Pairs) {
    let listed = listed(before);
    let upgrades = upgrades(before);
    let stays = |name: &str| match variable(name).as_str() {
        "connection" | "http2-settings" | "proxy-connection" => false,
        "upgrade" => upgrades != Some(false),
        _ => !is_owned(name) && !listed.contains(&name.to_ascii_lowercase()),
    };
    let kept = before.iter().filter(|(name, _)| stays(name));
    let expected: Vec<_> = kept.chain(lines).collect();
    let found: Vec<_> = after.iter().filter(|(name, _)| !is_connection(name)).collect();
    assert_eq!(found, expected, "{kind}");

    let of_connection = |headers: &Pairs| -> Vec<String> {
        let values = headers.iter().filter(|(name, _)| is_connection(name));
        values.map(|(_, value)| value.clone()).collect()
    };
    let is_option = |option: &String| match option.as_str() {
        "" | "close" | "keep-alive" => true,
        "upgrade" => upgrades == Some(true),
        _ => false,
    };
    let connection = of_connection(after);
    assert!(options(after).iter().all(is_option), "{kind}: {connection:?}");
    if options(before).iter().all(is_option) {
        assert_eq!(connection, of_connection(before), "{kind}");
    } else {
        assert!(connection.len() <= 1, "{kind}: {connection:?}");
    }
    let names: BTreeSet<String> = lines.iter().map(|(name, _)| variable(name)).collect();
    assert_eq!(names.len(), lines.len(), "{kind}: a name twice");
}

fn is_connection(name: &str) -> bool {
    name.eq_ignore_ascii_case("connection")
}

/// `Some(true)` if every `Upgrade` line asks for a WebSocket, `Some(false)` if one asks for something else.
fn upgrades(headers: &Pairs) -> Option<bool> {
    let lines = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("upgrade"));
    let websocket = |(_, value): &(String, String)| {
        value.trim_matches([' ', '\t']).eq_ignore_ascii_case("websocket")
    };
    lines.map(websocket).reduce(|one, other| one && other)
}

/// The options in all `Connection` lines, in lower case.
fn options(headers: &Pairs) -> Vec<String> {
    let values = headers.iter().filter(|(name, _)| is_connection(name));
    values
        .flat_map(|(_, value)| value.split(','))
        .map(|option| option.trim_matches([' ', '\t']).to_ascii_lowercase())
        .collect()
}

/// Header names that `Connection` lists, except those that frame the message.
fn listed(headers: &Pairs) -> BTreeSet<String> {
    let stays = [
        "close",
        "keep-alive",
        "upgrade",
        "connection",
        "content-length",
        "host",
        "te",
        "trailer",
        "transfer-encoding",
    ];
    options(headers).into_iter().filter(|option| !stays.contains(&option.as_str())).collect()
}

#[cfg(feature = "http")]
fn strip_map(kind: &str, claim: &tls_client_auth::Claim, before: &Pairs, lines: &Pairs) {
    let mut map = http::HeaderMap::new();
    for (name, value) in before {
        let name = http::HeaderName::from_bytes(name.as_bytes()).unwrap();
        map.append(name, http::HeaderValue::from_str(value).unwrap());
    }
    // A map keeps the order of one name's lines only, so both sides are sorted by name.
    let pairs = |map: &http::HeaderMap| -> Pairs {
        let pair = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            (name.as_str().to_owned(), value.to_str().unwrap().to_owned())
        };
        let mut pairs: Pairs = map.iter().map(pair).collect();
        pairs.sort_by(|one, other| one.0.cmp(&other.0));
        pairs
    };
    let before = pairs(&map);
    claim.apply(&mut map);
    let mut lines: Pairs =
        lines.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect();
    lines.sort();
    let owned = |(name, _): &(String, String)| is_owned(name);
    let (ours, others): (Pairs, Pairs) = pairs(&map).into_iter().partition(owned);
    assert_eq!(ours, lines, "{kind}, header map");
    stripped(kind, &before, &others, &Pairs::new());
}

/// One verification of each kind.
pub(crate) fn verifications() -> [Verification; 5] {
    [
        Verification::Success,
        Verification::None,
        Verification::from(tls_client_auth::client::VerifyError::CertHasExpired),
        Verification::from_code(18, Dialect::OpenSsl),
        Verification::Failed(tls_client_auth::client::Reason::other("our own\r\nreason")),
    ]
}
