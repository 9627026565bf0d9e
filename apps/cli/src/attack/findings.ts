/** What the attacker got or learnt, each thing once. */
export class Findings {
  private readonly holes = new Set<string>();

  hole(what: string): void {
    this.holes.add(what);
  }

  get all(): readonly string[] {
    return [...this.holes];
  }
}
