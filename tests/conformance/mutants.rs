//! 20,000 seeded mutants of the fixtures: none causes a panic or a value outside printable ASCII, and each is hashed as given. If a
//! library parses a mutant, the crate's values equal the library's; in a mutant framed in BER they may also be absent.
//!
//! `TLS_CLIENT_AUTH_ORACLE` is a program that reads paths from its standard input and prints a line of [`Truth`] for each, as OpenSSL
//! prints the values; `TLS_CLIENT_AUTH_ORACLE_BORINGSSL` is one for BoringSSL. Without them the test prints that nothing was compared.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use tls_client_auth::field::Limits;
use tls_client_auth::{ClientCertificate, Dialect, Verification};

use super::common::checks;
use super::{Report, Truth};

const ORACLES: [(&str, &str, Dialect); 2] = [
    ("TLS_CLIENT_AUTH_ORACLE", "openssl", Dialect::OpenSsl),
    ("TLS_CLIENT_AUTH_ORACLE_BORINGSSL", "boringssl", Dialect::BoringSsl),
];
/// Their number with an oracle or in CI. Otherwise a fifth of them is checked, which takes ten seconds.
const MUTANTS: usize = 20_000;
const SEED: u64 = 0x005E_ED0F_C3A7;
/// Elements nested deeper are not parsed, so only the bytes of the whole are mutated.
const DEPTH: usize = 16;

/// An element, its contents parsed if they are DER.
#[derive(Clone)]
struct Node {
    tag: u8,
    contents: Contents,
    /// Wrong length octets, if the mutant has some.
    length: Option<Vec<u8>>,
}

#[derive(Clone)]
enum Contents {
    Bytes(Vec<u8>),
    Nodes(Vec<Node>),
}

impl Node {
    /// All elements in these bytes; `None` unless they are DER to their end.
    fn read_all(mut bytes: &[u8], depth: usize) -> Option<Vec<Self>> {
        let mut nodes = Vec::new();
        while let Some((&tag, rest)) = bytes.split_first() {
            let (&first, rest) = rest.split_first()?;
            let (length, rest) = match first {
                0..=0x7f => (usize::from(first), rest),
                0x81 => (usize::from(*rest.first()?), rest.get(1..)?),
                0x82 => (usize::from(u16::from_be_bytes(*rest.first_chunk()?)), rest.get(2..)?),
                _ => return None,
            };
            let (contents, rest) = rest.split_at_checked(length)?;
            bytes = rest;
            // The OCTET STRING of an extension contains DER.
            let inside = match tag {
                _ if depth > 0 && (tag & 0x20 != 0 || tag == 0x04) => {
                    Self::read_all(contents, depth - 1).filter(|nodes| !nodes.is_empty())
                }
                _ => None,
            };
            let contents =
                inside.map_or_else(|| Contents::Bytes(contents.to_vec()), Contents::Nodes);
            nodes.push(Self { tag, contents, length: None });
        }
        Some(nodes)
    }

    fn write(&self, out: &mut Vec<u8>) {
        let mut contents = Vec::new();
        match &self.contents {
            Contents::Bytes(bytes) => contents.extend_from_slice(bytes),
            Contents::Nodes(nodes) => nodes.iter().for_each(|node| node.write(&mut contents)),
        }
        out.push(self.tag);
        match &self.length {
            Some(octets) => out.extend_from_slice(octets),
            None => out.extend_from_slice(&length_octets(contents.len(), 0)),
        }
        out.append(&mut contents);
    }

    fn len(&self) -> usize {
        let mut out = Vec::new();
        self.write(&mut out);
        out.len()
    }

    fn count(&self) -> usize {
        match &self.contents {
            Contents::Bytes(_) => 1,
            Contents::Nodes(nodes) => 1 + nodes.iter().map(Self::count).sum::<usize>(),
        }
    }

    /// The element with this index in depth-first order; 0 is this one.
    fn at(&mut self, index: usize) -> Option<&mut Self> {
        if index == 0 {
            return Some(self);
        }
        let Contents::Nodes(nodes) = &mut self.contents else { return None };
        let mut left = index - 1;
        for node in nodes {
            let count = node.count();
            if left < count {
                return node.at(left);
            }
            left -= count;
        }
        None
    }
}

/// Length octets in their shortest form, or with this number of leading zero octets.
fn length_octets(length: usize, padding: usize) -> Vec<u8> {
    let bytes: Vec<u8> = length.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
    if length < 0x80 && padding == 0 {
        return vec![length as u8];
    }
    let mut octets = vec![0x80 | (bytes.len() + padding) as u8];
    octets.resize(1 + padding, 0);
    octets.extend_from_slice(&bytes);
    octets
}

/// SplitMix64, which makes the same mutants on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut number = self.0;
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        number ^ (number >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn byte(&mut self) -> u8 {
        self.next() as u8
    }
}

const HOSTILE: [&[u8]; 16] = [
    b"\r\nX-Injected: 1\r\n\r\nGET / HTTP/1.1",
    b"a\0b",
    b"\"quoted\"",
    b"back\\slash",
    b"a,CN=admin+O=b;c<d>#e",
    b"/CN=admin",
    b"%0d%0a%41",
    b" spaces ",
    b"#leading",
    b"#",
    b"",
    b"\xc3\xa9\xe2\x80\xae\xf0\x9f\x92\xa9",
    b"\xff\xfe\x80",
    b"\x7f\x1b[31m",
    b"\xed\xa0\x80",
    b"\0a\0b",
];
const TIMES: [&[u8]; 12] = [
    b"500101000000Z",
    b"491231235959Z",
    b"000229000000Z",
    b"010229000000Z",
    b"20500101000000Z",
    b"00000101000000Z",
    b"99991231235959Z",
    b"2501020304Z",
    b"250102030405+0130",
    b"20250102030405.5Z",
    b"250102246060Z",
    b"not a time",
];
const IDENTIFIERS: [&[u8]; 9] = [
    &[],
    &[0x2a],
    &[0x80, 0x01],
    &[0x55, 0x04, 0x83],
    &[0x55, 0x04, 0x05],
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01],
    &[0x69, 0x83, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
    &[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x19],
    &[0x55, 0x1d, 0x0e],
];
const INTEGERS: [&[u8]; 8] = [
    &[],
    &[0],
    &[0, 1],
    &[0xff, 0x80],
    &[0x80],
    &[0xff],
    &[0x7f; 40],
    &[0x80, 0, 0, 0, 0, 0, 0, 0, 0],
];
const STRING_TAGS: [u8; 12] =
    [0x0c, 0x12, 0x13, 0x14, 0x16, 0x1a, 0x1b, 0x1c, 0x1e, 0x03, 0x04, 0x30];

type Operator = fn(&mut Node, &mut Random) -> Option<Vec<u8>>;

/// Mutations of one element of the certificate, or of its bytes as a whole.
const OPERATORS: [(&str, Operator); 17] = [
    ("a bit is flipped", |root, random| {
        let mut der = bytes(root);
        let place = random.below(der.len());
        der[place] ^= 1 << random.below(8);
        Some(der)
    }),
    ("a byte is replaced", |root, random| {
        let mut der = bytes(root);
        let place = random.below(der.len());
        der[place] = random.byte();
        Some(der)
    }),
    ("the end is cut off", |root, random| {
        let mut der = bytes(root);
        der.truncate(random.below(der.len()));
        Some(der)
    }),
    ("bytes are appended", |root, random| {
        let mut der = bytes(root);
        (0..=random.below(4)).for_each(|_| der.push(random.byte()));
        Some(der)
    }),
    ("a length is wrong", |root, random| {
        let node = any(root, random);
        let length = node.len();
        let wrong = (length + random.below(5)).saturating_sub(4);
        node.length = Some(length_octets(wrong, 0));
        Some(bytes(root))
    }),
    ("a length is not minimal", |root, random| {
        let padding = 1 + random.below(2);
        let node = any(root, random);
        let mut contents = Vec::new();
        node.write(&mut contents);
        let length = match &node.contents {
            Contents::Bytes(bytes) => bytes.len(),
            Contents::Nodes(nodes) => nodes.iter().map(Node::len).sum(),
        };
        node.length = Some(length_octets(length, padding));
        Some(bytes(root))
    }),
    ("a length is indefinite", |root, random| {
        let node = any(root, random);
        node.length = Some(vec![0x80]);
        if let Contents::Nodes(nodes) = &mut node.contents {
            nodes.push(Node { tag: 0, contents: Contents::Bytes(Vec::new()), length: None });
        }
        Some(bytes(root))
    }),
    ("a tag is replaced", |root, random| {
        let tag = random.byte();
        any(root, random).tag = tag;
        Some(bytes(root))
    }),
    ("an element is removed", |root, random| {
        let (nodes, place) = siblings(root, random)?;
        nodes.remove(place);
        Some(bytes(root))
    }),
    ("an element is duplicated", |root, random| {
        let (nodes, place) = siblings(root, random)?;
        nodes.insert(place, nodes[place].clone());
        Some(bytes(root))
    }),
    ("two elements are swapped", |root, random| {
        let other = random.next() as usize;
        let (nodes, place) = siblings(root, random)?;
        let other = other % nodes.len();
        nodes.swap(place, other);
        Some(bytes(root))
    }),
    ("a string is hostile", |root, random| {
        let (text, tag) = (random.one(&HOSTILE), random.one(&STRING_TAGS));
        let keeps = random.below(2) == 0;
        let node = primitive(
            root,
            random,
            |tag| matches!(tag, 0x0c | 0x12..=0x16 | 0x1a..=0x1e | 0x81 | 0x82 | 0x86),
        )?;
        node.contents = Contents::Bytes(text.to_vec());
        if !keeps && node.tag < 0x80 {
            node.tag = tag;
        }
        Some(bytes(root))
    }),
    ("an identifier is replaced", |root, random| {
        let identifier = random.one(&IDENTIFIERS);
        primitive(root, random, |tag| tag == 0x06)?.contents = Contents::Bytes(identifier.to_vec());
        Some(bytes(root))
    }),
    ("a date is replaced", |root, random| {
        let (time, tag) = (random.one(&TIMES), random.one(&[0x17, 0x18]));
        let node = primitive(root, random, |tag| matches!(tag, 0x17 | 0x18))?;
        (node.tag, node.contents) = (tag, Contents::Bytes(time.to_vec()));
        Some(bytes(root))
    }),
    ("a number is replaced", |root, random| {
        let number = random.one(&INTEGERS);
        primitive(root, random, |tag| matches!(tag, 0x02 | 0x82))?.contents =
            Contents::Bytes(number.to_vec());
        Some(bytes(root))
    }),
    ("an element is wrapped", |root, random| {
        let (tag, times) = (random.one(&[0x30, 0x31, 0xa0, 0x04]), 1 + random.below(40));
        let node = any(root, random);
        for _ in 0..times {
            *node = Node { tag, contents: Contents::Nodes(vec![node.clone()]), length: None };
        }
        Some(bytes(root))
    }),
    ("an element is emptied", |root, random| {
        any(root, random).contents = Contents::Bytes(Vec::new());
        Some(bytes(root))
    }),
];

fn bytes(root: &Node) -> Vec<u8> {
    let mut der = Vec::new();
    root.write(&mut der);
    der
}

fn any<'n>(root: &'n mut Node, random: &mut Random) -> &'n mut Node {
    let place = random.below(root.count());
    root.at(place).unwrap()
}

/// The children of a random element, and the index of one of them.
fn siblings<'n>(root: &'n mut Node, random: &mut Random) -> Option<(&'n mut Vec<Node>, usize)> {
    let parents: Vec<usize> = (0..root.count())
        .filter(|place| matches!(root.at(*place).unwrap().contents, Contents::Nodes(_)))
        .collect();
    if parents.is_empty() {
        return None;
    }
    let Contents::Nodes(nodes) = &mut root.at(random.one(&parents))?.contents else { return None };
    let place = random.below(nodes.len());
    (!nodes.is_empty()).then_some((nodes, place))
}

fn primitive<'n>(
    root: &'n mut Node,
    random: &mut Random,
    wanted: impl Fn(u8) -> bool,
) -> Option<&'n mut Node> {
    let places: Vec<usize> = (0..root.count())
        .filter(|place| {
            let node = root.at(*place).unwrap();
            matches!(node.contents, Contents::Bytes(_)) && wanted(node.tag)
        })
        .collect();
    if places.is_empty() { None } else { root.at(random.one(&places)) }
}

/// Whether an element is framed in BER, or in neither: an indefinite or non-minimal length, a constructed string, a primitive sequence
/// or set.
fn is_ber(mut bytes: &[u8]) -> bool {
    while let [tag, first, rest @ ..] = bytes {
        let octets = usize::from(first & 0x7f);
        if *first == 0x80
            || matches!(tag, 0x10 | 0x11)
            || (0x20..0x40).contains(tag) && !matches!(tag, 0x30 | 0x31)
        {
            return true;
        }
        let (length, rest) = match first {
            0..0x80 => (usize::from(*first), rest),
            _ => {
                let Some((digits, rest)) = rest.split_at_checked(octets) else { return false };
                let length =
                    digits.iter().fold(0usize, |all, digit| all << 8 | usize::from(*digit));
                if digits.first() == Some(&0) || length < 0x80 {
                    return true;
                }
                (length, rest)
            }
        };
        let Some((contents, rest)) = rest.split_at_checked(length) else { return false };
        if (tag & 0x20 != 0 || *tag == 0x04) && is_ber(contents) {
            return true;
        }
        bytes = rest;
    }
    false
}

/// The mutants, each with the name of its operator.
fn mutants(number: usize) -> Vec<(&'static str, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "der"))
        .collect();
    files.sort();
    let roots: Vec<Node> = files
        .iter()
        .filter_map(|file| Node::read_all(&fs::read(file).unwrap(), DEPTH))
        .filter_map(|nodes| <[Node; 1]>::try_from(nodes).ok())
        .map(|[root]| root)
        .collect();
    assert!(roots.len() > 80, "only {} fixtures are DER", roots.len());
    let mut random = Random(SEED);
    let mut mutants = Vec::new();
    while mutants.len() < number {
        let (name, operator) = OPERATORS[mutants.len() % OPERATORS.len()];
        let mut root = roots[random.below(roots.len())].clone();
        // A quarter of them is mutated twice.
        if random.below(4) == 0 {
            let (_, first) = OPERATORS[8 + random.below(9)];
            first(&mut root, &mut random);
        }
        if let Some(der) = operator(&mut root, &mut random) {
            mutants.push((name, der));
        }
    }
    mutants
}

#[test]
fn parsed_elements_are_written_unchanged() {
    let der = include_bytes!("../fixtures/san_all.der");
    let nodes = Node::read_all(der, DEPTH).unwrap();
    assert_eq!(nodes.len(), 1);
    assert!(nodes[0].count() > 60, "{} elements", nodes[0].count());
    assert_eq!(bytes(&nodes[0]), der);
}

#[test]
fn mutants_are_harmless_and_read_as_openssl_reads_them() {
    let all =
        ["CI", ORACLES[0].0, ORACLES[1].0].iter().any(|name| std::env::var_os(name).is_some());
    let mutants = mutants(if all { MUTANTS } else { MUTANTS / 5 });
    for (name, der) in &mutants {
        checks::certificate(der);
        let client = ClientCertificate::presented(&der[..], Verification::Success);
        let record = tls_client_auth::TlsClientAuth::new(&client);
        for (property, text) in checks::properties(&record) {
            checks::printable(&format!("{name}: {property}"), text);
        }
    }
    // All sets for all mutants would take minutes. Every 31st still covers each of the 17 operators.
    for (_, der) in mutants.iter().step_by(31) {
        let client = ClientCertificate::presented(&der[..], Verification::Success);
        checks::record_and_headers(&client, Limits::new(), [10 * 1024, 16 * 1024]);
    }
    for (variable, library, dialect) in ORACLES {
        match std::env::var_os(variable) {
            Some(oracle) => compare(&oracle, library, dialect, &mutants),
            None => {
                println!("not compared with {library}: {variable} is not set")
            }
        }
    }
}

fn compare(oracle: &OsStr, library: &str, dialect: Dialect, mutants: &[(&str, Vec<u8>)]) {
    let folder = std::env::temp_dir().join(format!("mutants-{library}-{}", std::process::id()));
    fs::create_dir(&folder).unwrap();
    let mut paths = String::new();
    for (index, (_, der)) in mutants.iter().enumerate() {
        let path = folder.join(format!("{index}.der"));
        fs::write(&path, der).unwrap();
        paths.push_str(&format!("{}\n", path.display()));
    }
    let mut child = Command::new(oracle)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the oracle starts");
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(paths.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    fs::remove_dir_all(&folder).unwrap();
    // `i2a_ASN1_INTEGER` breaks the lines of long numbers.
    let answers = String::from_utf8(output.stdout).unwrap().replace("\\\n", "");
    let mut report = Report::default();
    let (mut answered, mut ber) = (0, 0);
    for line in answers.lines() {
        let truth: Truth = serde_json::from_str(line).expect(line);
        let index: usize = truth.file.strip_suffix(".der").unwrap().parse().unwrap();
        let (name, der) = &mutants[index];
        answered += 1;
        let mut one = Report::default();
        one.replay(library, dialect, &truth, der);
        // A field in BER is empty or printed in hex, or the certificate is refused.
        let lost = |difference: &String| {
            let empty = format!("\"\", {library}:");
            [empty.as_str(), "refused", "=#"].iter().any(|what| difference.contains(what))
        };
        if is_ber(der) && (one.differences.iter().all(lost) || !one.ber.is_empty()) {
            ber += 1;
            continue;
        }
        report.certificates += one.certificates;
        report.values += one.values;
        report.refused_by_the_library += one.refused_by_the_library;
        report.withheld_key_identifiers += one.withheld_key_identifiers;
        let named = one.differences.iter().map(|difference| format!("{name}: {difference}"));
        report.differences.extend(named);
    }
    println!("{answered} mutants: {}; {ber} contain BER", report.summary(library));
    assert_eq!(answered, MUTANTS);
    assert!(report.certificates > MUTANTS / 10, "only {} are parsed", report.certificates);
    let first: Vec<_> = report.differences.iter().take(20).cloned().collect();
    assert!(first.is_empty(), "{} differ:\n{}", report.differences.len(), first.join("\n"));
}
