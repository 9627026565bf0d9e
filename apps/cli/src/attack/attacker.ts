import type { Call, Caller, Reply } from './caller.js';
import type { Findings } from './findings.js';
import { sayingOf } from './saying.js';
import { codeOf } from './units.js';
import { alike } from './values.js';

/** A value of the other tenant, and a call that brings it, or something of its form in its place. */
export interface Attempt {
  readonly what: string;
  readonly value: string;
  readonly call: (value: string) => Call;
  /** Texts of the call, beside the value, that the answer may repeat. */
  readonly sent?: readonly string[];
  /** Writes leave traces, so only what reads is tried again when the answers differ. */
  readonly repeatable: boolean;
}

/** A list may have changed between two calls; what tells a tenant's things from nothing does it every time. */
const TRIES_MAX = 3;

/** Presents what belongs to another tenant and what belongs to nobody: who can tell the answers apart has learnt something. */
export class Attacker {
  constructor(
    private readonly caller: Caller,
    private readonly belongings: ReadonlyMap<string, string>,
    private readonly findings: Findings,
    /** Codes of refusals that may tell that a name is taken. */
    private readonly mayTell: ReadonlySet<string> = new Set(),
  ) {}

  /** The answer to what belongs to the other one. */
  async attempt(attempt: Attempt): Promise<Reply> {
    const { what, value, call, sent = [], repeatable } = attempt;
    for (let tries = 1; ; tries += 1) {
      const nothing = alike(value);
      const theirs = await this.caller.call(call(value));
      const nobodys = await this.caller.call(call(nothing));
      this.look(what, theirs, [value, ...sent]);
      for (const { status } of [theirs, nobodys]) if (status >= 500) this.findings.hole(`${what}: ${status}`);
      // Both are taken out of both: a value may be a word that answers have anyway.
      const said = [value, nothing, ...sent];
      if (sayingOf(theirs, said) === sayingOf(nobodys, said) || this.mayTell.has(codeOf(theirs))) return theirs;
      if (repeatable && tries < TRIES_MAX) continue;
      this.findings.hole(`${what}: answered ${theirs.status}, and ${nobodys.status} to the like of nobody`);
      return theirs;
    }
  }

  /** Nothing of the other tenant may be in an answer to whoever did not send it. */
  look(what: string, { text, headers }: Reply, sent: readonly string[]): void {
    const told = `${Object.values(headers).join('\n')}\n${text}`;
    for (const [kind, value] of this.belongings)
      if (!sent.some((one) => one.includes(value)) && told.includes(searchable(value)))
        this.findings.hole(`${what}: tells the ${kind}, ${value}`);
  }
}

/** Short ones are words of their own, or they would be found in anything. */
const SHORT = 8;
const searchable = (value: string): string => (value.length < SHORT ? `"${value}"` : value);
