// Reads header values with Node's own functions, and with structured-headers if it is installed in this folder.
// Input: a line of JSON, {form, value}. Output: a line of JSON, the certificates in base64, or {error}.
import { X509Certificate } from 'node:crypto';
import { createInterface } from 'node:readline';

const blocks = (pem) => pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g) ?? [];
const bytes = ([value, parameters]) => {
  if (!(value instanceof ArrayBuffer) || parameters.size > 0) throw new Error('not a byte sequence alone');
  return Buffer.from(value);
};

const forms = {
  'url-pem': (value) => blocks(decodeURIComponent(value)).map((pem) => new X509Certificate(pem).raw),
};
const parsers = await import('structured-headers').catch(() => undefined);
if (parsers) {
  forms.item = (value) => [bytes(parsers.parseItem(value))];
  forms.list = (value) => parsers.parseList(value).map(bytes);
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
