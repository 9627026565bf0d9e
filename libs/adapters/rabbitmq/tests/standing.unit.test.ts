import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Standing } from '../src/standing.js';

describe('Standing', () => {
  let said: number | undefined;
  let asked: number;
  let standing: Standing;
  const answered = Promise.resolve();
  /** Long enough for one question and its answer. */
  const aWhile = (): Promise<void> => jest.advanceTimersByTimeAsync(25);

  beforeEach(() => {
    jest.useFakeTimers();
    said = 0;
    asked = 0;
    standing = new Standing(async () => {
      asked += 1;
      return said;
    });
  });
  afterEach(() => {
    standing.detach();
    jest.useRealTimers();
  });

  test('knows nothing before the broker has said something', async () => {
    expect(standing.count).toBeUndefined();
    standing.attach();
    await aWhile();
    expect(standing.count).toBe(0);
  });

  test('counts what is sent at once, until the broker counts it', async () => {
    standing.attach();
    await aWhile();
    standing.sending(7, answered);
    expect(standing.count).toBe(7);
    said = 5;
    await aWhile();
    expect(standing.count).toBe(5);
  });

  test('what the broker had not taken when it was asked is not forgotten by its answer', async () => {
    standing.attach();
    await aWhile();
    const confirmed = Promise.withResolvers<void>();
    standing.sending(3, confirmed.promise);
    await aWhile();
    expect(standing.count).toBe(3);
    confirmed.resolve();
    said = 3;
    await aWhile();
    expect(standing.count).toBe(3);
    said = 0;
    await aWhile();
    expect(standing.count).toBe(0);
  });

  test('what was sent while the broker was asked is not forgotten by its answer', async () => {
    let answer: (said: number) => void = () => {};
    standing = new Standing(() => new Promise((resolve) => (answer = resolve)));
    standing.attach();
    answer(0);
    await aWhile();
    standing.sending(3, answered);
    await aWhile();
    standing.sending(4, answered);
    answer(3);
    await jest.advanceTimersByTimeAsync(0);
    expect(standing.count).toBe(7);
  });

  test('asks until nothing stands, and not after', async () => {
    standing.attach();
    said = 2;
    standing.sending(2, answered);
    for (let i = 0; i < 5; i += 1) await aWhile();
    said = 0;
    for (let i = 0; i < 2; i += 1) await aWhile();
    expect(standing.count).toBe(0);
    const before = asked;
    for (let i = 0; i < 5; i += 1) await aWhile();
    expect(asked).toBe(before);
    expect(before).toBeGreaterThanOrEqual(6);
  });

  test('a broker that says nothing now keeps what is known; one that is away leaves nothing known', async () => {
    standing.attach();
    await aWhile();
    said = undefined;
    standing.sending(1_000, answered);
    await aWhile();
    expect(standing.count).toBe(1_000);
    standing.detach();
    expect(standing.count).toBeUndefined();
    const before = asked;
    await aWhile();
    expect(asked).toBe(before);
  });
});
