// Reads header values with Node's own means, and with client-certificate-auth where that is installed beside this file.
// A line of JSON in, {form, value}; a line of JSON out: the certificates in base64, or {error}.
import { X509Certificate } from 'node:crypto';
import { createInterface } from 'node:readline';

const blocks = (pem) => pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g) ?? [];
const chain = (certificate) => {
  const raw = [];
  for (let at = certificate; at && !raw.includes(at.raw); at = at.issuerCertificate) raw.push(at.raw);
  return raw;
};

const forms = {
  'url-pem': (value) => blocks(decodeURIComponent(value)).map((pem) => new X509Certificate(pem).raw),
};
const parsers = await import('client-certificate-auth/parsers').catch(() => undefined);
if (parsers) {
  forms.alb = (value) => chain(parsers.parseUrlPemAws(value));
  forms.xfcc = (value) => chain(parsers.parseXfcc(value));
  forms.rfc9440 = (value) => chain(parsers.parseRfc9440(value));
}

for await (const line of createInterface({ input: process.stdin })) {
  const { form, value } = JSON.parse(line);
  let answer;
  try {
    answer = forms[form](value).map((raw) => raw.toString('base64'));
    if (answer.length === 0) throw new Error('no certificate');
  } catch (error) {
    answer = { error: String(error) };
  }
  console.log(JSON.stringify(answer));
}
