import { describe, expect, test } from '@jest/globals';
import type { StandingBoard } from '../src/ports/standing-board.js';

/** What every StandingBoard promises. `make` answers an empty one. */
export function standingBoardContract(name: string, make: () => Promise<StandingBoard>): void {
  describe(`${name} is a StandingBoard`, () => {
    const countedAt = new Date('2026-02-28T12:00:00.123Z');

    test('says what was posted last, and nothing before', async () => {
      const board = await make();
      expect(await board.read()).toBeUndefined();
      await board.post({ waiting: 7, lastRunAt: undefined, countedAt });
      expect(await board.read()).toEqual({ waiting: 7, lastRunAt: undefined, countedAt });
      const later = { waiting: 3_000_000_000, lastRunAt: countedAt, countedAt: new Date('2026-02-28T12:00:10Z') };
      await board.post(later);
      expect(await board.read()).toEqual(later);
    });
  });
}
