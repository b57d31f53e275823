//! Traefik's `Info` header does not escape quotes. No name of a client writes another group's value.

use tls_client_auth::{Receiver, Unstated};

const GROUPS: [&str; 6] = ["Subject", "Issuer", "SerialNumber", "NB", "NA", "SAN"];

/// The text as Go's `url.QueryEscape` escapes it.
fn query_escaped(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b' ' => "+".to_owned(),
        byte if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

/// For each combination of sent groups and hostile names: the receiver that declares these groups reads the certificate's own serial
/// number and dates, or none.
#[test]
fn nothing_wrong_is_read_whatever_the_names() {
    let texts = [
        "",
        "a",
        "a\"b",
        "a;b,c=d",
        "a\";SerialNumber=\"6",
        "a\";SerialNumber=\"6\";NB=\"1\";NA=\"4",
        "a\";NB=\"1\";NA=\"4",
        "a\";Issuer=\"x\";SerialNumber=\"6\";NB=\"1\";NA=\"2\";SAN=\"",
        "a\";SerialNumber=\"6\";Issuer=\"CN=c",
        "x\",Subject=\"CN=b\";SerialNumber=\"7",
        "a\",SerialNumber=\"6",
        "\";SerialNumber=\"6\";X=\"",
        "SerialNumber=\"6",
        "a\";SAN=\"b",
        "a%22;SerialNumber%3D%226",
    ];
    let receiver = Receiver::traefik(Unstated::Verified);
    let mut read = 0;
    for sent in 1..1u32 << GROUPS.len() {
        let sends = |group: &str| {
            let place = GROUPS.iter().position(|known| *known == group).unwrap();
            sent >> place & 1 == 1
        };
        let declared = receiver.clone().declares(GROUPS.into_iter().filter(|group| sends(group)));
        let declared = declared.unwrap();
        for subject in texts {
            for names in texts {
                let groups = [
                    ("Subject", format!("CN={subject}")),
                    ("Issuer", "CN=ca".to_owned()),
                    ("SerialNumber", "5".to_owned()),
                    ("NB", "1735787045".to_owned()),
                    ("NA", "2078486055".to_owned()),
                    ("SAN", names.to_owned()),
                ];
                let groups =
                    groups.iter().filter(|(group, value)| sends(group) && !value.is_empty());
                let groups: Vec<_> =
                    groups.map(|(group, value)| format!("{group}=\"{value}\"")).collect();
                let text = groups.join(";");
                let lines = [("X-Forwarded-Tls-Client-Cert-Info", query_escaped(&text))];
                let auth = declared.receive(&lines).unwrap();
                assert_eq!(auth.cert_subject_dn(), "", "{text}");
                let serial = if sends("SerialNumber") { "05" } else { "" };
                assert!(["", serial].contains(&auth.cert_serial()), "{text}");
                let dates = [auth.cert_not_before(), auth.cert_not_after()];
                assert!(["", "Jan  2 03:04:05 2025 GMT"].contains(&dates[0]), "{text}");
                assert!(["", "Nov 12 13:14:15 2035 GMT"].contains(&dates[1]), "{text}");
                read += u32::from(!auth.cert_serial().is_empty());

                // If the caller declares nothing, only a name that writes all the other groups is read as them.
                let auth = receiver.receive(&lines).unwrap();
                let writes_the_rest =
                    subject.contains("Issuer=\"x\";SerialNumber") && sent & 0b11110 == 0;
                assert!(writes_the_rest || ["", serial].contains(&auth.cert_serial()), "{text}");
            }
        }
    }
    assert!(read > 500, "{read}");
}
