import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Announcing } from '../src/use-cases/announcing.js';

describe('Announcing', () => {
  let ahead: number | undefined;
  let nowMs: number;
  let announcing: Announcing;

  beforeEach(() => {
    ahead = 0;
    nowMs = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
    announcing = new Announcing({ ahead: () => ahead }, 1_000);
  });
  afterEach(() => void jest.restoreAllMocks());

  test.each([
    [0, 250],
    [245, 10],
    [500, 10],
    [995, 5],
    [1_000, 0],
    [3_000, 0],
    [undefined, 0],
  ])('with %p ahead there is room for %i', (standing, room) => {
    ahead = standing;
    expect(announcing.room('a')).toBe(room);
  });

  test('who has announced many leaves most of the room to the sweeper and to those who announce few', () => {
    announcing.announced('busy', 10);
    ahead = 400;
    expect([announcing.room('busy'), announcing.room('quiet')]).toEqual([0, 10]);
    ahead = 200;
    expect(announcing.room('busy')).toBe(50);
  });

  test('few are few of each second', () => {
    ahead = 400;
    announcing.announced('a', 7);
    nowMs = 1_000;
    expect(announcing.room('a')).toBe(3);
    nowMs = 1_001;
    expect(announcing.room('a')).toBe(10);
  });
});
