const redacted = '[redacted]';

/** Digits of a phone number that stay, to tell two customers apart. */
const phoneDigitsKept = 3;

/** Words of a field's name whose value is never logged: `api_key`, `clientSecret`, `X-Authorization`, `idempotency_key` ... */
const secret =
  /(^|_)(authorization|password|passwd|pwd|passphrase|secret|token|cookie|credentials?|signature|pin|otp|cvv|jwt)(_|$)|(api|private|access|encryption|signing|idempotency|subscription)_?keys?$|^(bearer|dsn)$/;

const phone = /(^|_)(phone|msisdn|mobile)(_?number|_?no)?$/;

/** Credentials in a URL: user and password before the `@` of any scheme. Bounded, so that no text makes it slow. */
const urlCredentials = /\b([a-z][a-z0-9+.-]{0,31}:\/\/)[^\s/?#"'<>]{1,512}@/gi;

type Treatment = 'redact' | 'shorten' | 'keep';

/** Names come from our own code, so there are few; the bound is for those that come from clients' metadata. */
const treatmentsMax = 1_000;
const treatments = new Map<string, Treatment>();

/** What to log instead of a field's value. */
export function redactField(name: string, value: unknown): unknown {
  const treatment = treatments.get(name) ?? remember(name);
  if (treatment === 'keep' || value === undefined || value === null) return value;
  return treatment === 'shorten' ? shortenPhone(value) : redacted;
}

/** The text without the credentials of the URLs in it. */
export const redactText = (text: string): string =>
  text.includes('://') ? text.replace(urlCredentials, `$1${redacted}@`) : text;

function remember(name: string): Treatment {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[-.\s]/g, '_')
    .toLowerCase();
  const treatment = secret.test(words) ? 'redact' : phone.test(words) ? 'shorten' : 'keep';
  if (treatments.size < treatmentsMax) treatments.set(name, treatment);
  return treatment;
}

function shortenPhone(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return redacted;
  const digits = String(value).replace(/\D/g, '');
  return digits.length > phoneDigitsKept ? `***${digits.slice(-phoneDigitsKept)}` : '***';
}
