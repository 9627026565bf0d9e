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
