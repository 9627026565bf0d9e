import { sleep } from '@ferry/kernel';
import { seededRandom } from '../../random.js';
import { runLoad } from '../run-load.js';
import type { Etl } from './etl.js';
import type { Fact } from './facts.js';
import type { Sender } from './sender.js';

/** Rows that the ETL writes in a transaction. */
const CHUNK = 20;
const ETL_WRITERS = 3;
/** Longer than a drain takes to read past rows that are not committed yet. */
const HOLD_MS_MAX = 800;
const MEND_AFTER_MS = 1_500;

export interface Telling {
  readonly seed: number;
  readonly count: number;
  readonly senders: number;
  readonly spacingMs: number;
  readonly factAt: (index: number) => Fact;
}

/** Has every fact told by its ways; webhooks and staging keep the same pace, so that what both tell of meets. */
export async function tellFacts({ seed, count, senders, spacingMs, factAt }: Telling, sender: Sender, etl: Etl) {
  const chunks = Math.ceil(count / CHUNK);
  const webhooks = runLoad({ count, clients: senders, spacingMs }, async (index) => {
    const fact = factAt(index);
    if (fact.way !== 'staging') await sender.tell(fact);
  });
  const staging = runLoad({ count: chunks, clients: ETL_WRITERS, spacingMs: spacingMs * CHUNK }, async (chunk) => {
    const indexes = Array.from({ length: Math.min(CHUNK, count - chunk * CHUNK) }, (_, i) => chunk * CHUNK + i);
    const facts = indexes.map(factAt).filter(({ way }) => way !== 'webhook');
    if (facts.length === 0) return;
    await etl.fill(facts, seededRandom(seed, 'hold', chunk)() * HOLD_MS_MAX);
    if (facts.every(({ row }) => row === 'sound')) return;
    await sleep(MEND_AFTER_MS);
    await etl.mend(facts);
  });
  await Promise.all([webhooks, staging]);
}
