import { AgingCache, Batcher, sameDigest, stopwatch, Unavailable, type Stopwatch } from '@ferry/kernel';
import { faultOf } from '../domain/api-key.js';
import { hashOfSecret, parseKeyText } from '../domain/key-text.js';
import { principalOfKey, type Principal } from '../domain/principal.js';
import type { KeyDirectory, KnownKey } from '../ports/key-directory.js';

/** For the log. The client is told one and the same in every case. */
export type Refusal = 'no-key' | 'malformed' | 'unknown' | 'wrong-secret' | 'revoked' | 'expired' | 'address';

export type Authentication =
  | { readonly principal: Principal }
  /** `prefix` may be logged: it proves nothing. `tenantId` only when the secret was right. */
  | { readonly refusal: Refusal; readonly prefix?: string | undefined; readonly tenantId?: string | undefined };

export interface AuthenticatorOptions {
  /** How long an answer of the directory holds, from when it was asked: what is revoked is refused everywhere after this time. */
  readonly holdMs: number;
  /** Keys that are remembered, and as many prefixes that nobody has. */
  readonly rememberedMax: number;
  /** Keys looked up in one statement. */
  readonly batchMax: number;
  readonly waitingMax: number;
}

/** A second, less what a timer may be late. */
export const authenticatorDefaults: AuthenticatorOptions = {
  holdMs: 900,
  rememberedMax: 10_000,
  batchMax: 200,
  waitingMax: 10_000,
};

/** Compared with when there is no such key, so that it takes as long. */
const NO_HASH = '0'.repeat(64);

interface Answer {
  /** With the principal, which all requests share that come by it. */
  readonly known: (KnownKey & { readonly principal: Principal }) | undefined;
  /** Since the directory was asked. */
  readonly age: Stopwatch;
}

/** Finds out on whose behalf a request comes, from its key alone. */
export class Authenticator {
  private readonly known: AgingCache<Answer>;
  /** Apart, so that guessing drives no real key out. */
  private readonly absent: AgingCache<Answer>;
  private readonly asked = new Map<string, Promise<Answer>>();
  private readonly batcher: Batcher<string, Answer>;

  constructor(
    directory: KeyDirectory,
    private readonly options: AuthenticatorOptions = authenticatorDefaults,
  ) {
    const { rememberedMax, batchMax, waitingMax, holdMs } = options;
    this.known = new AgingCache(rememberedMax, holdMs);
    this.absent = new AgingCache(rememberedMax, holdMs);
    this.batcher = new Batcher<string, Answer>(
      async (prefixes) => {
        const age = stopwatch();
        return (await directory.lookUp(prefixes)).map((one) => ({
          known: one && { ...one, principal: principalOfKey(one.key, one.tenant) },
          age,
        }));
      },
      { sizeMax: batchMax, concurrency: 1, waitingMax },
    );
  }

  /** `address`: of the client, as the edge knows it. Throws `Unavailable` when the directory cannot be asked, or answers too late. */
  async authenticate(presented: string | undefined, address: string, now: Date): Promise<Authentication> {
    if (presented === undefined || presented === '') return { refusal: 'no-key' };
    const text = parseKeyText(presented);
    if (!text) return { refusal: 'malformed' };
    const { prefix } = text;
    const known = await this.find(prefix);
    const right = sameDigest(hashOfSecret(text.secret), known?.key.secretHash ?? NO_HASH);
    if (!known) return { refusal: 'unknown', prefix };
    const fault = right ? faultOf(known.key, address, now) : 'wrong-secret';
    if (fault) return { refusal: fault, prefix, tenantId: known.tenant.id };
    return { principal: known.principal };
  }

  private async find(prefix: string): Promise<Answer['known']> {
    const remembered = this.known.get(prefix) ?? this.absent.get(prefix);
    if (remembered) return remembered.known;
    let asked = this.asked.get(prefix);
    if (!asked) {
      asked = this.batcher.add(prefix).finally(() => this.asked.delete(prefix));
      this.asked.set(prefix, asked);
    }
    const answer = await asked;
    // By now a key may have been revoked for longer than we promise: such an answer is none.
    if (answer.age() > this.options.holdMs)
      throw new Unavailable('postgres', { cause: new Error('the answer came late') });
    (answer.known ? this.known : this.absent).set(prefix, answer);
    return answer.known;
  }
}
