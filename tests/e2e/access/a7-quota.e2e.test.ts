import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sleep } from '@ferry/kernel';
import type { Client, Reply } from '../../harness/client.js';
import { say } from '../../harness/cluster.js';
import { startKeyedApi, type KeyedApi } from '../../harness/keyed-api.js';

const PAYMENTS = '/api/v1/payments';
const QUOTA = 60;
const ATTACK = QUOTA * 20;
const WINDOW_MS = 60_000;

interface Timed {
  readonly status: number;
  readonly ms: number;
}

/** RELIABILITY A7: a tenant asks for twenty times what it may, with two keys at once; the others notice nothing. */
describe('A7: a tenant at 20 times its quota', () => {
  let keyed: KeyedApi;
  beforeAll(async () => {
    keyed = await startKeyedApi(['greedy', 'modest', 'quiet']);
  });
  afterAll(() => keyed?.stop());

  /** The tenant's own limit; it is obeyed within 5 s. Requests that were answered meanwhile are counted too, or not: both is right. */
  async function limited(client: Client): Promise<void> {
    const config = { limits: { requests_per_minute: QUOTA } };
    expect((await client.put('/api/v1/config', { version: 0, config })).status).toBe(200);
    const deadline = performance.now() + 20_000;
    while (!String((await client.get(PAYMENTS)).headers['ratelimit-policy']).includes(`"tenant";q=${QUOTA};`)) {
      if (performance.now() > deadline) throw new Error('the limit is not obeyed');
      await sleep(500);
    }
  }

  const worker = async (count: number, ask: (i: number) => Promise<Reply>): Promise<readonly Timed[]> => {
    const answers: Timed[] = [];
    for (let i = 0; i < count; i += 1) {
      const started = performance.now();
      const { status } = await ask(i);
      answers.push({ status, ms: performance.now() - started });
    }
    return answers;
  };

  const others = async (round: string): Promise<readonly Timed[]> =>
    (
      await Promise.all(
        ['modest', 'quiet'].map((tenant) => worker(100, (i) => keyed.as(tenant).pay(`${round}-${tenant}-${i}`))),
      )
    ).flat();

  const p99 = (answers: readonly Timed[]): number =>
    answers.map(({ ms }) => ms).sort((x, y) => x - y)[Math.floor(answers.length * 0.99)] as number;

  test('it gets its quota and 429 with Retry-After; the others no error', async () => {
    const alone = await others('alone');
    const greedy = keyed.as('greedy');
    const { body } = await greedy.post('/api/v1/keys', { name: 'second', scopes: ['payments:read', 'payments:write'] });
    const second = keyed.as(body.secret_key as string);
    await limited(greedy);

    const started = performance.now();
    const attack = Promise.all(
      Array.from({ length: ATTACK }, (_, i) => (i % 2 === 0 ? greedy : second).pay(`greedy-${i}`)),
    );
    const beside = await others('beside');
    const answers = await attack;
    const windows = 1 + Math.ceil((performance.now() - started) / WINDOW_MS);

    const refused = answers.filter(({ status }) => status === 429);
    const accepted = answers.filter(({ status }) => status === 201);
    expect(accepted.length + refused.length).toBe(ATTACK);
    expect(accepted.length).toBeLessThanOrEqual(QUOTA * windows);
    expect(refused.every(({ headers }) => Number(headers['retry-after']) > 0)).toBe(true);
    expect(refused.every(({ body: { code } }) => code === 'rate-limited')).toBe(true);
    for (const { status } of [...alone, ...beside]) expect(status).toBe(201);
    say(
      'A7',
      `others' p99 ${p99(alone).toFixed(1)} ms alone, ${p99(beside).toFixed(1)} ms beside the attack; ${accepted.length} of ${ATTACK} let through`,
    );
  }, 120_000);
});
