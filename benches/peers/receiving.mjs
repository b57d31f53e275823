// Measures Node's X509Certificate. Reads headers as lines of certificate, set, form and value; prints medians in nanoseconds.
import { createInterface } from "node:readline";
import { X509Certificate } from "node:crypto";

const ROUNDS = 60;
const TIMES = 8;

function certificate(form, value) {
  switch (form) {
    case "base64":
      return Buffer.from(value, "base64");
    case "byte-sequence":
      return Buffer.from(value.slice(1, -1), "base64");
    case "escaped-pem":
      return decodeURIComponent(value);
    case "xfcc":
      return decodeURIComponent(/(?:^|;)Cert="([^"]*)"/.exec(value)[1]);
  }
}

function read(form, value) {
  const { subject, issuer, serialNumber, fingerprint, fingerprint256, validFrom, validTo } = new X509Certificate(certificate(form, value));
  return subject.length + issuer.length + serialNumber.length + fingerprint.length + fingerprint256.length + validFrom.length + validTo.length;
}

for await (const line of createInterface({ input: process.stdin })) {
  const [name, set, form, value] = line.split("\t");
  const times = [];
  for (let round = 0; round < 2 * ROUNDS; round++) {
    const start = process.hrtime.bigint();
    for (let time = 0; time < TIMES; time++) read(form, value);
    // The first half warms up.
    if (round >= ROUNDS) times.push(Number(process.hrtime.bigint() - start) / TIMES);
  }
  times.sort((one, other) => one - other);
  console.log([name, `${set}: Node ${process.versions.node}, X509Certificate`, times[ROUNDS / 2].toFixed(0)].join("\t"));
}
