// A Worker that sets the nine headers of Cloudflare's sample from the properties of `request.cf.tlsClientAuth`. The sample reads a property
// `certVerify`, which does not exist; `VERIFY` is the property that this Worker reads.

const HEADERS = [
  ["X-CERT-ISSUER-DN", "certIssuerDN"],
  ["X-CERT-SUBJECT-DN", "certSubjectDN"],
  ["X-CERT-ISSUER-DN-L", "certIssuerDNLegacy"],
  ["X-CERT-SUBJECT-DN-L", "certSubjectDNLegacy"],
  ["X-CERT-SERIAL", "certSerial"],
  ["X-CERT-FINGER", "certFingerprintSHA1"],
  ["X-CERT-NOTBE", "certNotBefore"],
  ["X-CERT-NOTAF", "certNotAfter"],
];

export default {
  fetch(request, env) {
    const client = request.cf.tlsClientAuth;
    const headers = new Headers(request.headers);
    for (const [name, property] of [...HEADERS, ["X-CERT-VERIFY", env.VERIFY]]) {
      headers.set(name, client[property]);
    }
    return fetch(new Request(request, { headers }));
  },
};
