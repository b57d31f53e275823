//! Headers of one request that state the same value must agree.

use tls_client_auth::field::Field;
use tls_client_auth::receive::{ReceiveErrorKind, ReceiverError};
use tls_client_auth::{Dialect, HeaderSet, Receiver, Unstated, Verification};

use super::*;

/// A receiver of headers `x-0`, `x-1`, … with these fields.
fn receiver(fields: &[&str]) -> Receiver {
    let fields: Vec<Field> = fields.iter().map(|text| text.parse().unwrap()).collect();
    let names: Vec<String> = (0..fields.len()).map(|index| format!("x-{index}")).collect();
    let rows = names.iter().map(String::as_str).zip(fields);
    let set = HeaderSet::new("own", Dialect::OpenSsl, rows).unwrap();
    Receiver::of(&set, None).or_else(|_| Receiver::of(&set, Some(Unstated::Verified))).unwrap()
}

#[test]
fn values_stated_twice_agree_or_are_refused() {
    const OTHER: &str = "0000000000000000000000000000000000000000000000000000000000000001";
    let s = |text: &str| text.to_owned();
    // The effect of a leaf beside them, the fields, values that agree, and a last value that does not.
    let cases: Vec<(&str, Beside, &[&str], Vec<String>, String)> = vec![
        (
            "two leaves",
            IsPresent,
            &["certificate:base64", "certificate:byte-sequence"],
            vec![base64(LEAF), sequence(LEAF)],
            sequence(CA),
        ),
        (
            "a leaf and its hash",
            IsPresent,
            &["certificate:base64", "sha256:lower"],
            vec![base64(LEAF), s(SHA256)],
            s(OTHER),
        ),
        (
            "a leaf and one of two hashes",
            IsPresent,
            &["certificate:base64", "sha1:lower", "sha256:upper-colons"],
            vec![base64(LEAF), s(SHA1), s(SHA256)],
            s(OTHER),
        ),
        (
            "a leaf and the hash of an element",
            IsPresent,
            &["certificate:base64", "xfcc:hash"],
            vec![base64(LEAF), format!("Hash={SHA256}")],
            format!("Hash={OTHER}"),
        ),
        (
            "two hashes",
            Refuses,
            &["sha256:lower", "sha256:upper"],
            vec![s(SHA256), SHA256.to_uppercase()],
            s(OTHER),
        ),
        (
            "the same field",
            Refuses,
            &["serial:hex", "serial:hex"],
            vec![s("01AB"), s("01AB")],
            s("02"),
        ),
        (
            "two forms of a serial",
            Decides,
            &["serial:hex", "serial:decimal"],
            vec![s("01AB"), s("427")],
            s("428"),
        ),
        (
            "a serial without its sign",
            Decides,
            &["serial:hex", "serial:hex-unsigned"],
            vec![s("-01AB"), s("01AB")],
            s("AB"),
        ),
        (
            "two names",
            Refuses,
            &["subject:rfc2253", "subject:rfc2253"],
            vec![s("CN=a"), s("CN=a")],
            s("CN=b"),
        ),
        (
            "a name as DER and as text",
            Decides,
            &["subject:rfc2253", "subject:base64"],
            vec![s("CN=a"), base64(b"\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01a")],
            base64(b"\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01b"),
        ),
        (
            "a name in two forms",
            Decides,
            &["subject:rfc2253", "subject:legacy"],
            vec![s("CN=a,O=b"), s("/O=b/CN=a")],
            s("/O=b/CN=admin"),
        ),
        (
            "an issuer in two forms, the other way round",
            Decides,
            &["issuer:legacy", "issuer:rfc2253"],
            vec![s("/O=b/CN=a"), s("CN=a,O=b")],
            s("CN=a"),
        ),
        (
            "a digest in two forms",
            Refuses,
            &["sha1:lower", "sha1:upper-colons"],
            vec![s(SHA1), colons(SHA1)],
            colons(&SHA1.replace('0', "1")),
        ),
        (
            "two chains of different rows",
            IsPresent,
            &["leaf-and-chain:comma-base64", "chain:byte-sequences"],
            vec![base64(LEAF) + "," + &base64(CA), sequence(CA)],
            sequence(INTERMEDIATE),
        ),
        (
            "the same certificate of a chain in two forms",
            IsPresent,
            &[
                "certificate:base64",
                "chain-certificate:0:base64",
                "chain-certificate:0:byte-sequence",
            ],
            vec![base64(LEAF), base64(CA), sequence(CA)],
            sequence(INTERMEDIATE),
        ),
        (
            "the same flag",
            Refuses,
            &["presented:digit", "verdict:text", "presented:digit"],
            vec![s("1"), s("SUCCESS"), s("1")],
            s("0"),
        ),
        (
            "two forms of a revocation",
            Refuses,
            &["verified", "revoked:digit", "revoked:word"],
            vec![s("SUCCESS"), s("0"), s("false")],
            s("true"),
        ),
        (
            "two dates",
            Decides,
            &["not-after:openssl", "not-after:unix-seconds"],
            vec![s("Feb  3 00:55:52.5 2015 GMT"), s("1422924952")],
            s("1422924953"),
        ),
        (
            "two forms of a chain",
            IsPresent,
            &["certificate:base64", "chain:byte-sequences", "chain:concatenated-base64"],
            vec![
                base64(LEAF),
                format!("{},{}", sequence(INTERMEDIATE), sequence(CA)),
                base64(&[INTERMEDIATE, CA].concat()),
            ],
            base64(CA),
        ),
        (
            "a chain and one of its certificates",
            IsPresent,
            &["certificate:base64", "chain:byte-sequences", "chain-certificate:1:base64"],
            vec![base64(LEAF), format!("{},{}", sequence(INTERMEDIATE), sequence(CA)), base64(CA)],
            base64(INTERMEDIATE),
        ),
        (
            "a chain and its last certificate",
            IsPresent,
            &["leaf-and-chain:comma-base64", "chain-certificate:0:base64"],
            vec![base64(LEAF) + "," + &base64(CA), base64(CA)],
            base64(LEAF),
        ),
        (
            "two verdicts",
            Refuses,
            &["verdict:text", "verdict:code"],
            vec![s("FAILED:certificate has expired"), s("10")],
            s("0"),
        ),
        (
            "a success as a word and as text",
            Refuses,
            &["verdict:word", "verdict:text"],
            vec![s("true"), s("SUCCESS")],
            s("FAILED:x"),
        ),
        (
            "a verdict and its parts",
            Refuses,
            &["verified", "revoked:digit", "verdict:text"],
            vec![s("SUCCESS"), s("1"), s("FAILED:certificate revoked")],
            s("SUCCESS"),
        ),
        (
            "a failure that the parts of the verdict contradict",
            Refuses,
            &["verified", "revoked:digit", "verdict:text"],
            vec![s("SUCCESS"), s("0"), s("SUCCESS")],
            s("FAILED:certificate revoked"),
        ),
        (
            "two flags",
            Refuses,
            &["verdict:text", "presented:digit", "presented:word"],
            vec![s("SUCCESS"), s("1"), s("true")],
            s("false"),
        ),
    ];
    for (name, beside, fields, values, other) in &cases {
        let lines = |last: &String| {
            let values = values[..values.len() - 1].iter().chain([last]).cloned();
            values.enumerate().map(|(at, value)| (format!("x-{at}"), value)).collect::<Vec<_>>()
        };
        let alone = receiver(fields);
        let agreed = alone.receive(&lines(values.last().unwrap()));
        assert!(agreed.as_ref().is_ok_and(|auth| auth.is_presented()), "{name}: {agreed:?}");
        let refused = alone.receive(&lines(other)).unwrap_err();
        assert_eq!(refused.kind(), ReceiveErrorKind::Disagrees, "{name}: {refused}");
        if *beside == IsPresent {
            continue;
        }
        let with_leaf = receiver(&[*fields, &["certificate:base64"]].concat());
        let lines = |last: &String| {
            let mut lines = lines(last);
            lines.push((format!("x-{}", fields.len()), base64(LEAF)));
            lines
        };
        let agreed = with_leaf.receive(&lines(values.last().unwrap())).unwrap();
        let disagreeing = with_leaf.receive(&lines(other));
        match beside {
            Refuses => {
                let refused = disagreeing.unwrap_err();
                assert_eq!(refused.kind(), ReceiveErrorKind::Disagrees, "{name}: {refused}");
            }
            _ => assert_eq!(disagreeing, Ok(agreed), "{name}"),
        }
    }
}

/// What a leaf does to values beside it that disagree.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Beside {
    /// One of the fields is the leaf already.
    IsPresent,
    /// The request is refused, as without the leaf.
    Refuses,
    /// The values are ignored, because the leaf has them.
    Decides,
}
use Beside::{Decides, IsPresent, Refuses};

fn colons(hex: &str) -> String {
    let pairs = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    pairs.collect::<Vec<_>>().join(":").to_uppercase()
}

#[test]
fn the_most_specific_verdict_is_returned() {
    let receiver = receiver(&["verdict:word", "verdict:code", "verdict:text", "sha1:lower"]);
    let lines =
        [("x-0", "false"), ("x-1", "10"), ("x-2", "FAILED:certificate has expired"), ("x-3", SHA1)];
    for count in 1..=3 {
        let auth = receiver.receive(&lines[lines.len() - count - 1..]).unwrap();
        assert_eq!(auth.cert_verified(), "FAILED:certificate has expired", "{count}");
    }
    // Without a whole verdict in the set, any failure counts.
    let receiver = self::receiver(&["verified", "sha1:lower"]);
    assert!(!receiver.has_verdict());
    for (verified, is_trusted) in
        [("SUCCESS", true), ("", true), ("NONE", false), ("FAILED", false)]
    {
        let auth = receiver.receive(&[("x-0", verified), ("x-1", SHA1)]).unwrap();
        assert_eq!(auth.is_trusted(), is_trusted, "{verified}");
    }
}

#[test]
fn a_verdict_code_is_read_in_the_set_s_dialect() {
    let mut differ = 0;
    for code in 1..=100 {
        let read = |dialect| {
            let rows = [("x", "verdict:code".parse::<Field>().unwrap())];
            let set = HeaderSet::new("own", dialect, rows).unwrap();
            let auth = Receiver::of(&set, None).unwrap().receive(&[("x", code.to_string())]);
            let verification = auth.unwrap().verification().clone();
            assert_eq!(verification, Verification::from_code(code, dialect), "{code}");
            verification
        };
        differ += usize::from(read(Dialect::OpenSsl) != read(Dialect::BoringSsl));
    }
    assert!(differ > 0);
}

#[test]
fn a_receiver_of_a_set_without_a_verdict_needs_unstated() {
    let verified = Some(Unstated::Verified);
    let without = || HeaderSet::nginx().only(["ssl-client-s-dn"]).unwrap();
    let half = || HeaderSet::cloudflare_managed().only(["cf-cert-verified"]).unwrap();
    let chain = || HeaderSet::rfc9440().only(["Client-Cert-Chain"]).unwrap();
    let own = |field: &str| {
        let rows = [("x-chain", "chain:byte-sequences"), ("x-other", field)];
        let rows = rows.map(|(name, field)| (name, field.parse().unwrap()));
        HeaderSet::new("own", Dialect::OpenSsl, rows).unwrap()
    };
    let written = || HeaderSet::nginx().only(["ssl-client-v-remain"]).unwrap();
    let cases = [
        ("a verdict", HeaderSet::nginx(), None, None),
        (
            "a verdict, and unstated",
            HeaderSet::nginx(),
            verified,
            Some(ReceiverError::VerdictStated),
        ),
        ("no verdict", HeaderSet::rfc9440(), verified, None),
        (
            "no verdict, nor unstated",
            HeaderSet::rfc9440(),
            None,
            Some(ReceiverError::VerdictUnstated),
        ),
        ("verdict left out", without(), None, Some(ReceiverError::VerdictUnstated)),
        ("verdict left out, and unstated", without(), verified, None),
        ("half a verdict", half(), None, Some(ReceiverError::VerdictUnstated)),
        ("nothing to read", written(), verified, Some(ReceiverError::NothingToRead)),
        ("a chain alone", chain(), verified, Some(ReceiverError::ChainWithoutLeaf)),
        ("a chain alone, nor unstated", chain(), None, Some(ReceiverError::ChainWithoutLeaf)),
        ("a chain and a hash", own("xfcc:hash"), verified, Some(ReceiverError::ChainWithoutLeaf)),
        ("a chain and a certificate in an element", own("xfcc:hash,cert"), verified, None),
    ];
    for (name, set, unstated, expected) in cases {
        assert_eq!(Receiver::of(&set, unstated).err(), expected, "{name}");
    }
    let error = Receiver::rfc9440(Unstated::Verified).only(["Client-Cert-Chain"]).unwrap_err();
    let said = r#"header name "Client-Cert-Chain": holds a chain, and no header holds its leaf"#;
    assert_eq!(error.to_string(), said);
}

#[test]
fn text_around_a_value_is_removed() {
    let field: Field = "sha1:lower".parse().unwrap();
    let set = HeaderSet::new("own", Dialect::OpenSsl, [("X-Sha1", field)]).unwrap();
    let set = set.surrounded("X-Sha1", "<", "; a>").unwrap();
    let receiver = Receiver::of(&set, Some(Unstated::Verified)).unwrap();
    let read = |value: &str| receiver.receive(&[("x-sha1", value)]);
    assert_eq!(read(&format!("<{SHA1}; a>")).unwrap().cert_fingerprint_sha1(), SHA1);
    assert!(!read(" ").unwrap().is_presented());
    for value in [SHA1.to_owned(), format!("<{SHA1}"), "<; a".into()] {
        assert_eq!(read(&value).unwrap_err().kind(), ReceiveErrorKind::Malformed, "{value}");
    }
}
