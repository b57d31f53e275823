// Gives the crate's record to Workers in their real runtime, as `request.cf.tlsClientAuth`, and compares the headers that reach the
// origin with the crate's sets `cloudflare-worker` and `rfc9440`. Exit status 1 where one differs otherwise than by
//
// - an empty header where the crate sends none: a Worker sets it from an empty string;
// - spaces at the ends of a value, which `Headers` trims, and the crate escapes;
// - the verdict on a revoked certificate: a Worker says `SUCCESS`, and none of the nine headers says that it is revoked, so the crate
//   says `FAILED:certificate revoked`;
// - `undefined` for the verdict, where the Worker reads `certVerify`.
//
// `npm ci` here, and `cargo build --example inspect --all-features`; then `node run.mjs` (`INSPECT` names the program).

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
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

const told = async (runtime, record) => {
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

const NINE = ["ISSUER-DN", "SUBJECT-DN", "ISSUER-DN-L", "SUBJECT-DN-L", "SERIAL", "FINGER", "VERIFY", "NOTBE", "NOTAF"].map((name) => `X-CERT-${name}`);
const sets = [
  ["cloudflare-worker", worker("nine_headers.mjs", { VERIFY: "certVerified" }), NINE, ofStrings],
  [
    "cloudflare-worker",
    worker("nine_headers.mjs", { VERIFY: "certVerify" }),
    ["X-CERT-VERIFY"],
    (_, theirs) => theirs === "undefined" && "undefined for certVerify",
  ],
  ["rfc9440", worker("rfc9440.mjs", {}), ["Client-Cert", "Client-Cert-Chain"], () => undefined],
];
for (const [set, runtime, names, isDocumented] of sets) {
  for (const outcome of outcomes) {
    for (const { file, tlsClientAuth, headers } of records(set, outcome)) {
      const ours = new Map(headers.map(([name, value]) => [name.toLowerCase(), value]));
      const theirs = await told(runtime, tlsClientAuth);
      for (const name of names) {
        compare(file, name, ours.get(name.toLowerCase()), theirs.get(name.toLowerCase()), isDocumented);
      }
    }
  }
  await runtime.dispose();
}
for (const [kind, count] of differences) console.log(`${count} times ${kind}`);
console.log(`${compared} values compared, ${wrong} wrong`);
process.exit(wrong === 0 && compared > 0 ? 0 : 1);
