/** A rule that every row of every tenant keeps. */
export interface Invariant {
  readonly name: string;
  readonly meaning: string;
  /** Rows `(id text, broken boolean)` of tenant $1. */
  readonly rows: string;
}

export interface InvariantResult {
  readonly name: string;
  readonly meaning: string;
  /** Rows looked at. */
  readonly checked: number;
  /** Rows that break the rule. */
  readonly broken: number;
  /** Some of them, by id. */
  readonly examples: readonly string[];
}
