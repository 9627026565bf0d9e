/** A rule that only a mistake in the program can break. */
export function assert(condition: boolean, rule: string): asserts condition {
  if (!condition) throw new Error(`rule broken: ${rule}`);
}
