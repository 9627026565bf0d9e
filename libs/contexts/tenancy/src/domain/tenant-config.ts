import { AMOUNT_DIGITS_MAX, isCurrency, type Currency } from '@ferry/kernel';
import type { JsonValue } from './audit.js';

/** What a tenant decided. An empty list leaves the choice open. */
export interface TenantConfig {
  readonly currencies: readonly Currency[];
  readonly rails: readonly string[];
  readonly limits: {
    /** Of one payment, in minor units, for each currency that has a limit. */
    readonly amountMaxMinor: Readonly<Record<string, bigint>>;
    /** Requests of all keys together; the key's own limit holds beside it. */
    readonly requestsPerMinute?: number | undefined;
    readonly paymentsPerDay?: number | undefined;
  };
  readonly retention: { readonly auditDays: number };
}

/** Seven years, as the seed asks. */
export const AUDIT_DAYS_MIN = 2_555;
const AUDIT_DAYS_MAX = 36_500;
const COUNT_MAX = 1_000_000_000;
/** More than there are currencies. */
const LIST_MAX = 250;

export const defaultConfig: TenantConfig = {
  currencies: [],
  rails: [],
  limits: { amountMaxMinor: {} },
  retention: { auditDays: AUDIT_DAYS_MIN },
};

export interface ConfigFault {
  /** Dotted: `limits.amount_max_minor.XAF`. */
  readonly path: string;
  readonly rule: string;
}

export type ConfigResult = { readonly config: TenantConfig } | { readonly faults: readonly ConfigFault[] };

/** Reads a configuration as a client or the database spells it; all mistakes together; unknown fields are mistakes. */
export function parseConfig(json: JsonValue): ConfigResult {
  const faults: ConfigFault[] = [];
  const top = fieldsOf(json, '', ['currencies', 'rails', 'limits', 'retention'], faults);
  const limits = fieldsOf(
    orEmpty(top.limits),
    'limits',
    ['amount_max_minor', 'requests_per_minute', 'payments_per_day'],
    faults,
  );
  const retention = fieldsOf(orEmpty(top.retention), 'retention', ['audit_days'], faults);
  const currencies = listOf(top.currencies, 'currencies', isCurrency, 'must be ISO 4217 codes', faults);
  const config: TenantConfig = {
    currencies: currencies as readonly Currency[],
    rails: listOf(top.rails, 'rails', (rail) => /^[a-z][a-z0-9-]{0,29}$/.test(rail), 'must be names of rails', faults),
    limits: {
      amountMaxMinor: amountsOf(limits.amount_max_minor, faults),
      requestsPerMinute: countOf(limits.requests_per_minute, 'limits.requests_per_minute', 1, COUNT_MAX, faults),
      paymentsPerDay: countOf(limits.payments_per_day, 'limits.payments_per_day', 1, COUNT_MAX, faults),
    },
    retention: {
      auditDays:
        countOf(retention.audit_days, 'retention.audit_days', AUDIT_DAYS_MIN, AUDIT_DAYS_MAX, faults) ?? AUDIT_DAYS_MIN,
    },
  };
  return faults.length > 0 ? { faults } : { config };
}

/** The inverse of `parseConfig`: what is stored, shown and audited. */
export const configJson = ({ currencies, rails, limits, retention }: TenantConfig): JsonValue => ({
  currencies,
  rails,
  limits: {
    amount_max_minor: Object.fromEntries(Object.entries(limits.amountMaxMinor).map(([code, max]) => [code, `${max}`])),
    ...(limits.requestsPerMinute !== undefined && { requests_per_minute: limits.requestsPerMinute }),
    ...(limits.paymentsPerDay !== undefined && { payments_per_day: limits.paymentsPerDay }),
  },
  retention: { audit_days: retention.auditDays },
});

type Fields = Readonly<Record<string, JsonValue | undefined>>;
/** Absent is not null. */
const orEmpty = (json: JsonValue | undefined): JsonValue => (json === undefined ? {} : json);
const isFields = (json: JsonValue): json is { readonly [key: string]: JsonValue } =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

function fieldsOf(json: JsonValue, path: string, known: readonly string[], faults: ConfigFault[]): Fields {
  if (!isFields(json)) {
    faults.push({ path, rule: 'must be an object' });
    return {};
  }
  for (const name of Object.keys(json))
    if (!known.includes(name)) faults.push({ path: path ? `${path}.${name}` : name, rule: 'is unknown' });
  return Object.fromEntries(known.flatMap((name) => (Object.hasOwn(json, name) ? [[name, json[name]]] : [])));
}

function listOf(
  json: JsonValue | undefined,
  path: string,
  good: (text: string) => boolean,
  rule: string,
  faults: ConfigFault[],
): readonly string[] {
  if (json === undefined) return [];
  const list = Array.isArray(json) ? (json as readonly JsonValue[]) : undefined;
  const right = list?.filter((one): one is string => typeof one === 'string' && good(one)) ?? [];
  if (list && right.length === list.length && list.length <= LIST_MAX) return [...new Set(right)];
  faults.push({ path, rule });
  return [];
}

function countOf(
  json: JsonValue | undefined,
  path: string,
  min: number,
  max: number,
  faults: ConfigFault[],
): number | undefined {
  if (json === undefined || (Number.isInteger(json) && (json as number) >= min && (json as number) <= max))
    return json as number | undefined;
  faults.push({ path, rule: `must be a whole number from ${min} to ${max}` });
  return undefined;
}

/** Whole numbers of minor units as texts: JSON has no bigint. */
function amountsOf(json: JsonValue | undefined, faults: ConfigFault[]): Readonly<Record<string, bigint>> {
  const amounts: Record<string, bigint> = {};
  if (json === undefined) return amounts;
  if (!isFields(json)) {
    faults.push({ path: 'limits.amount_max_minor', rule: 'must be an object' });
    return amounts;
  }
  const digits = new RegExp(`^[1-9]\\d{0,${AMOUNT_DIGITS_MAX - 1}}$`);
  for (const [code, amount] of Object.entries(json))
    if (isCurrency(code) && typeof amount === 'string' && digits.test(amount)) amounts[code] = BigInt(amount);
    else
      faults.push({
        path: `limits.amount_max_minor.${code}`,
        rule: 'must be a whole number of minor units, as a text, of an ISO 4217 currency',
      });
  return amounts;
}
