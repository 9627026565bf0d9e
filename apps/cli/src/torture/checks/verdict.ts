/** One thing that must hold, and whether it did. */
export interface Verdict {
  readonly name: string;
  readonly meaning: string;
  /** How many were looked at. */
  readonly checked: number;
  /** One line for each that breaks it. */
  readonly broken: readonly string[];
}

export const ends: ReadonlySet<string> = new Set(['SUCCESS', 'FAILED', 'CANCELLED']);
export const endTypes: ReadonlySet<string> = new Set(['payment.succeeded', 'payment.failed', 'payment.cancelled']);

/** Judges each; `fault` says what is wrong with one, or nothing. */
export function judgeEach<T>(
  name: string,
  meaning: string,
  items: readonly T[],
  fault: (item: T) => string | undefined,
): Verdict {
  const broken = items.map(fault).filter((found) => found !== undefined);
  return { name, meaning, checked: items.length, broken };
}
