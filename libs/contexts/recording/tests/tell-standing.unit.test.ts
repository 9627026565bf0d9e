import { expect, test } from '@jest/globals';
import { TellStanding } from '../src/index.js';
import { InMemoryStandingBoard } from '../testing/index.js';

const start = new Date('2026-02-28T12:00:00Z').getTime();

function telling() {
  const state = { now: new Date(start), counts: 0 };
  const board = new InMemoryStandingBoard();
  const counting = {
    count: async (now: Date) => ({ waiting: (state.counts += 1), lastRunAt: undefined, countedAt: now }),
  };
  const aWorker = (): TellStanding => new TellStanding(counting, board, { now: () => state.now }, 10_000);
  return { state, board, aWorker };
}

test('of several workers one counts, and all tell the same', async () => {
  const { state, board, aWorker } = telling();
  const [one, other] = [aWorker(), aWorker()];
  expect((await one.execute()).waiting).toBe(1);
  state.now = new Date(start + 9_999);
  expect((await other.execute()).waiting).toBe(1);
  state.now = new Date(start + 10_000);
  expect((await other.execute()).waiting).toBe(2);
  expect(await board.read()).toEqual({ waiting: 2, lastRunAt: undefined, countedAt: state.now });
});

test('a count of the future is not believed', async () => {
  const { state, aWorker } = telling();
  await aWorker().execute();
  state.now = new Date(start - 1);
  expect((await aWorker().execute()).waiting).toBe(2);
});
