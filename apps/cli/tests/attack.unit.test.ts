import { afterEach, describe, expect, test } from '@jest/globals';
import { runAttack, type AttackReport } from '../src/attack/run-attack.js';
import { ALeakyApi, type Leak } from './a-leaky-api.js';

let api: ALeakyApi | undefined;
afterEach(() => api?.stop());

async function attacked(...leaks: readonly Leak[]): Promise<AttackReport> {
  api = new ALeakyApi(...leaks);
  return runAttack({ url: await api.start(), keyA: 'adam', keyB: 'eve', restMs: 10 });
}

describe('the attack', () => {
  test('finds nothing where there is nothing, and tried everything', async () => {
    const { holes, operations, belongings, calls, timings } = await attacked();
    expect(holes).toEqual([]);
    expect(operations).toBe(4);
    // Its id, name, key, tenant, and cursor.
    expect(belongings).toBeGreaterThanOrEqual(5);
    expect(calls).toBeGreaterThan(operations * belongings);
    expect(timings).toEqual([
      {
        operation: 'GET /things/{id}',
        theirsMs: expect.any(Number),
        nobodysMs: expect.any(Number),
        longer: expect.any(Number),
      },
    ]);
  });

  test.each<[Leak, RegExp]>([
    ['reads', /^GET \/things\/\{id\} with .*: answered 200, and 404/],
    ['hints-by-status', /^POST \/things\/\{id\}\/end with .*: answered 403, and 404/],
    ['hints-by-header', /^GET \/things\/\{id\} with .*: answered 404, and 404/],
    ['lists', /^GET \/things: tells the id of \/things/],
    ['searches', /^GET \/things with .* as \?name: tells the id of \/things/],
    ['writes', /^GET \/things\/\S+ page 1: changed, to the victim/],
    ['takes-names', /^POST \/things with .* as name of the body: answered 409, and 201/],
    ['replays', /^POST \/things with .* as Idempotency-Key: answered 200, and 201/],
    ['takes-tenants', /^POST \/things: takes tenant_id from the body/],
    ['new-route', /^GET \/parts\/\{part\}: cannot be attacked/],
    ['fails', /^POST \/things with .*: 500/],
    ['lacks-scope', /^GET \/things: not attacked, the attacker's key lacks the scope things:all/],
    ['forbids-all', /^GET \/things\/\{id\}: proves nothing, the victim itself is answered 404/],
  ])('finds an API that %s', async (leak, hole) => {
    const { holes } = await attacked(leak);
    expect(holes).toContainEqual(expect.stringMatching(hole));
  });
});
