// Passes the crate's record to Workers in their real runtime, as `request.cf.tlsClientAuth`, and compares the headers at the origin with the
// crate's sets `cloudflare-worker` and `rfc9440`. The exit status is 1 if a header differs, except for these differences:
//
// - a Worker sends an empty header for an empty property, the crate none;
// - `Headers` trims spaces at the ends of a value, the crate escapes them;
// - for a revoked certificate a Worker sends `SUCCESS`, and none of the nine headers states the revocation; the crate sends
//   `FAILED:certificate revoked`;
// - a Worker that reads `certVerify` sends `undefined` as the verdict.
//
// `npm ci` here, and `cargo build --example inspect --all-features`; then `node run.mjs` (`INSPECT` names the program).

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Miniflare, Response } from "miniflare";

const here = fileURLToPath(new URL(".", import.meta.url));
const fixtures = join(here, "../../tests/fixtures");
const inspect = process.env.INSPECT ?? join(here, "../../target/debug/examples/inspect");
const files = readdirSync(fixtures).filter((name) => name.endsWith(".der")).map((name) => join(fixtures, name));
const outcomes = [
  ["--verified", "SUCCESS"],
  ["--verified", "SUCCESS", "--revoked"],
  ["--verified", "FAILED:certificate has expired"],
  ["--verified", "NONE"],
  ["--verified", "SUCCESS", "--chain", join(fixtures, "intermediate.der")],
];

const records = (set, outcome) => {
  const options = ["--format", "json", "--headers", set, ...outcome, ...files];
  return execFileSync(inspect, options, { encoding: "utf8", maxBuffer: 1 << 28 }).trimEnd().split("\n").map(JSON.parse);
};

const worker = (script, bindings) =>
  new Miniflare({
    modules: true,
    script: readFileSync(join(here, script), "utf8"),
    compatibilityDate: "2026-01-01",
    bindings,
    outboundService: (request) => Response.json([...request.headers]),
  });

// The client tries to forge what the Worker sets.
const FORGED = { "X-Cert-Verify": "SUCCESS", "X-Cert-Serial": "01", "Client-Cert": ":AAAA:", "Client-Cert-Chain": ":AAAA:" };

const sentFor = async (runtime, record) => {
  const response = await runtime.dispatchFetch("http://origin.example/", { headers: FORGED, cf: { tlsClientAuth: record } });
  return new Map(await response.json());
};

const differences = new Map();
let compared = 0;
let wrong = 0;

const compare = (file, name, ours, theirs, isDocumented) => {
  compared += 1;
  if (ours === theirs) return;
  const kind = isDocumented(ours, theirs);
  if (kind) {
    differences.set(kind, (differences.get(kind) ?? 0) + 1);
  } else {
    wrong += 1;
    console.log(`${file}: ${name}: ${JSON.stringify(theirs)}, not ${JSON.stringify(ours)}`);
  }
};

const ofStrings = (ours, theirs) => {
  if (ours === undefined && theirs === "") return "an empty header";
  if (ours === "FAILED:certificate revoked" && theirs === "SUCCESS") return "SUCCESS for a revoked certificate";
  if (ours?.replace(/\\x20$/, " ").trim() === theirs) return "spaces at the ends trimmed";
};

// Compares what the receivers read with the record: `sent` is [file, record, headers that arrived].
const directory = mkdtempSync(join(tmpdir(), "worker-"));
let readBack = 0;
const read = (format, properties, sent) => {
  const requests = sent.map(([, , headers], number) => {
    const file = join(directory, `${number}`);
    writeFileSync(file, [...headers].map(([name, value]) => `${name}: ${value}\r\n`).join(""), "latin1");
    return file;
  });
  const input = requests.map((file) => `${file}\n`).join("");
  const output = execFileSync(inspect, ["--receive", ...format, "--files-from", "-"], { encoding: "utf8", input, maxBuffer: 1 << 28 });
  for (const [number, answer] of output.trimEnd().split("\n").map(JSON.parse).entries()) {
    const [file, record, headers] = sent[number];
    for (const [property, meant] of Object.entries(properties(record, headers))) {
      readBack += 1;
      const value = answer.error ?? answer.tlsClientAuth[property];
      if (value !== meant) {
        wrong += 1;
        console.log(`${file}: ${format[0]} reads ${property}: ${JSON.stringify(value)}, not ${JSON.stringify(meant)}`);
      }
    }
  }
};

// Each header states its property, without the spaces that `Headers` trims.
const stated = (names) => (record) => Object.fromEntries(names.map((name) => [name, record[name].trim()]));
const whole = (record, headers) => {
  const { certPresented, certVerified, certRFC9440, certChainRFC9440 } = record;
  if (!headers.has("client-cert")) return { certPresented: "0", certVerified: "NONE", certRFC9440: "" };
  return { certPresented, certVerified, certRFC9440, certChainRFC9440, certFingerprintSHA256: record.certFingerprintSHA256 };
};
const FACTS = ["certIssuerDN", "certSubjectDN", "certSerial", "certFingerprintSHA1", "certNotBefore", "certNotAfter"];

const NINE = ["ISSUER-DN", "SUBJECT-DN", "ISSUER-DN-L", "SUBJECT-DN-L", "SERIAL", "FINGER", "VERIFY", "NOTBE", "NOTAF"].map((name) => `X-CERT-${name}`);
// The Workers, each with the headers that it sets, and the receiver that reads them.
const sets = [
  ["cloudflare-worker", worker("nine_headers.mjs", { VERIFY: "certVerified" }), NINE, ofStrings, ["cloudflare-worker"], stated([...FACTS, "certVerified"])],
  [
    "cloudflare-worker",
    worker("nine_headers.mjs", { VERIFY: "certVerify" }),
    ["X-CERT-VERIFY"],
    (_, theirs) => theirs === "undefined" && "undefined for certVerify",
    ["cloudflare-worker-as-published", "--unstated", "not-verified"],
    stated(FACTS),
  ],
  ["rfc9440", worker("rfc9440.mjs", {}), ["Client-Cert", "Client-Cert-Chain"], () => undefined, ["rfc9440", "--unstated", "verified"], whole],
];
for (const [set, runtime, names, isDocumented, format, properties] of sets) {
  for (const outcome of outcomes) {
    const sent = [];
    for (const { file, tlsClientAuth, headers } of records(set, outcome)) {
      const ours = new Map(headers.map(([name, value]) => [name.toLowerCase(), value]));
      const theirs = await sentFor(runtime, tlsClientAuth);
      sent.push([file, tlsClientAuth, theirs]);
      for (const name of names) {
        compare(file, name, ours.get(name.toLowerCase()), theirs.get(name.toLowerCase()), isDocumented);
      }
    }
    read(format, properties, sent);
  }
  await runtime.dispose();
}
rmSync(directory, { recursive: true });
for (const [kind, count] of differences) console.log(`${count} times ${kind}`);
console.log(`${compared} values compared, ${readBack} properties read back, ${wrong} wrong`);
process.exit(wrong === 0 && compared > 0 && readBack > 0 ? 0 : 1);
