import { Digits, isExact, isJsonObject } from '@ferry/kernel';
import { limits, type JsonValue, type Metadata } from '@ferry/payments';
import { pointerTo } from '../../http/check.js';
import type { FaultRule } from '../../http/fault-rules.js';
import type { FieldFault } from '../../http/problem.js';

type Rule = Extract<FaultRule, 'depth' | 'keys' | 'bytes' | 'inexact-number' | 'characters' | 'forbidden-key'>;

const details: Record<Rule, string> = {
  depth: `must be nested ${limits.metadataDepth} levels deep at most`,
  keys: `must have ${limits.metadataKeys} keys at most, those of inner objects included`,
  bytes: `must have ${limits.metadataBytes} bytes at most as JSON`,
  'inexact-number': 'must be a number that a double holds with all its digits; send it as a string',
  characters: 'must be well-formed Unicode without NUL',
  'forbidden-key': 'must not be a key',
};

/** NUL and lone surrogates cannot be stored as PostgreSQL's jsonb. */
const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

/** Reads what the client wants kept: numbers become doubles, and only those that lose nothing thereby. */
export function readMetadata(value: unknown): { metadata?: Metadata; faults: readonly FieldFault[] } {
  const reader = new MetadataReader();
  if (!isJsonObject(value)) return { faults: [] };
  const metadata = reader.read(value, ['metadata']) as Metadata;
  if (reader.faults.length === 0 && Buffer.byteLength(JSON.stringify(metadata)) > limits.metadataBytes)
    reader.blame('bytes', ['metadata']);
  return reader.faults.length > 0 ? reader : { metadata, faults: [] };
}

/** Stops at the first fault: the bounds are there to keep the work small. */
class MetadataReader {
  readonly faults: FieldFault[] = [];
  private keys = 0;

  blame(rule: Rule, path: readonly string[]): null {
    if (this.faults.length === 0)
      this.faults.push({ field: 'metadata', rule, detail: details[rule], pointer: pointerTo(...path).slice(0, 256) });
    return null;
  }

  read(value: unknown, path: readonly string[]): JsonValue {
    if (this.faults.length > 0) return null;
    if (typeof value === 'string') return isStorable(value) ? value : this.blame('characters', path);
    if (value instanceof Digits) return isExact(value) ? Number(value.text) : this.blame('inexact-number', path);
    if (typeof value !== 'object' || value === null) return value as boolean | null;
    if (path.length > limits.metadataDepth) return this.blame('depth', path);
    if (Array.isArray(value)) return value.map((item, i) => this.read(item, [...path, String(i)]));
    return this.readObject(value as Record<string, unknown>, path);
  }

  private readObject(object: Record<string, unknown>, path: readonly string[]): JsonValue {
    const result: Record<string, JsonValue> = {};
    for (const [key, value] of Object.entries(object)) {
      const inner = [...path, key];
      this.keys += 1;
      if (this.keys > limits.metadataKeys) return this.blame('keys', path);
      if (key === '__proto__') return this.blame('forbidden-key', inner);
      if (!isStorable(key)) return this.blame('characters', inner);
      result[key] = this.read(value, inner);
    }
    return result;
  }
}
