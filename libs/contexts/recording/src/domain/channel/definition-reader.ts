import type { JsonValue } from '../recorded-payment.js';

export interface DefinitionFault {
  /** Dotted: `fields.amount.unit`. */
  readonly path: string;
  readonly rule: string;
}

export type Members = Readonly<Record<string, JsonValue | undefined>>;

const pathTo = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** Reads JSON piece by piece and notes every mistake under its path. What is absent is undefined, and no mistake until it is `required`. */
export class DefinitionReader {
  readonly faults: DefinitionFault[] = [];

  fault(path: string, rule: string): undefined {
    this.faults.push({ path, rule });
  }

  /** Also when it was there and wrong: that is told once. */
  required<T>(value: T | undefined, json: JsonValue | undefined, path: string): T | undefined {
    return json === undefined ? this.fault(path, 'is required') : value;
  }

  /** An object's members, of which each must be known. */
  members(json: JsonValue | undefined, path: string, known: readonly string[] | 'any'): Members | undefined {
    if (json === undefined) return undefined;
    if (typeof json !== 'object' || json === null || Array.isArray(json)) return this.fault(path, 'must be an object');
    const given = Object.entries(json as { readonly [key: string]: JsonValue });
    if (known !== 'any')
      for (const [name] of given) if (!known.includes(name)) this.fault(pathTo(path, name), 'is unknown');
    return Object.fromEntries(given.filter(([name]) => known === 'any' || known.includes(name)));
  }

  text(json: JsonValue | undefined, path: string, isGood: (text: string) => boolean, rule: string): string | undefined {
    if (json === undefined || (typeof json === 'string' && isGood(json))) return json;
    return this.fault(path, rule);
  }

  word<W extends string>(json: JsonValue | undefined, path: string, words: readonly W[]): W | undefined {
    const isGood = (text: string): boolean => words.some((word) => word === text);
    return this.text(json, path, isGood, `must be one of ${words.join(', ')}`) as W | undefined;
  }

  count(json: JsonValue | undefined, path: string, min: number, max: number): number | undefined {
    if (json === undefined || (Number.isInteger(json) && (json as number) >= min && (json as number) <= max))
      return json as number | undefined;
    return this.fault(path, `must be a whole number from ${min} to ${max}`);
  }

  texts(json: JsonValue | undefined, path: string, isGood: (text: string) => boolean, rule: string, lengthMax: number) {
    if (json === undefined) return [];
    const list = Array.isArray(json) ? (json as readonly JsonValue[]) : undefined;
    const right = list?.filter((one): one is string => typeof one === 'string' && isGood(one)) ?? [];
    if (list && right.length === list.length && list.length <= lengthMax) return [...new Set(right)];
    this.fault(path, rule);
    return [];
  }
}
