import { describe, expect, test } from '@jest/globals';
import type { Connection } from '../load/connection.mjs';
import { closedLoop, openLoop } from '../load/loops.mjs';
import { Record } from '../load/record.mjs';

/** Answers every request after a while; the first one maybe later than the others. */
function connectionThatAnswers(pausesMs: readonly number[]): Connection {
  let sent = 0;
  const send = (_request: string, answered: (status: number, body: string) => void): void => {
    const pauseMs = pausesMs[Math.min(sent, pausesMs.length - 1)];
    sent += 1;
    setTimeout(() => answered(201, '{}'), pauseMs);
  };
  return { send } as unknown as Connection;
}

/** The same connection, and how many requests waited for their answer at once. */
function watched(connection: Connection): { connection: Connection; waiting: { now: number; most: number } } {
  const waiting = { now: 0, most: 0 };
  const send: Connection['send'] = (request, answered) => {
    waiting.now += 1;
    waiting.most = Math.max(waiting.most, waiting.now);
    connection.send(request, (status, body) => {
      waiting.now -= 1;
      answered(status, body);
    });
  };
  return { connection: { send } as unknown as Connection, waiting };
}

async function waits(
  loop: typeof openLoop | typeof closedLoop,
  connections: readonly Connection[],
  options: { durationMs: number; ratePerSecond: number },
): Promise<number[]> {
  const found: number[] = [];
  const answered = (_status: number, _body: string, since: number): void => void found.push(performance.now() - since);
  await loop(connections, { ...options, payment: () => '', answered });
  return found;
}

describe('the open loop', () => {
  test('sends at its rate, whatever the answers do', async () => {
    const found = await waits(openLoop, [connectionThatAnswers([1]), connectionThatAnswers([1])], {
      durationMs: 200,
      ratePerSecond: 100,
    });
    expect(found).toHaveLength(20);
  });

  test('counts the waiting of what should have been sent while the server paused', async () => {
    const found = await waits(openLoop, [connectionThatAnswers([200, 0])], { durationMs: 100, ratePerSecond: 100 });
    expect(found).toHaveLength(10);
    // The n-th was planned 10 n ms after the first and could not be sent before 200 ms.
    found.forEach((ms, n) => expect(ms).toBeGreaterThanOrEqual(195 - 10 * n));
  });
});

describe('the closed loop', () => {
  test('sends the next payment only when it has an answer', async () => {
    const sent = [connectionThatAnswers([40]), connectionThatAnswers([5])].map(watched);
    const found = await waits(
      closedLoop,
      sent.map(({ connection }) => connection),
      { durationMs: 200, ratePerSecond: 0 },
    );
    // How many there are in 200 ms is the machine's affair; that none is sent early is the loop's.
    expect(sent.map(({ waiting }) => waiting)).toEqual([1, 1].map((most) => ({ now: 0, most })));
    expect(found.length).toBeGreaterThanOrEqual(2);
  });
});

describe('the record', () => {
  test('keeps accepted and refused apart, and windows by the time of the answer', () => {
    const record = new Record(1_000);
    const start = performance.now();
    record.add(201, start, start + 10);
    record.add(503, start, start + 20);
    record.add(201, start + 1_500, start + 1_530);
    const { accepted, refused, latencyMs, windows } = record.result();
    expect({ accepted, refused }).toEqual({ accepted: 2, refused: { 503: 1 } });
    expect(latencyMs.max).toBeCloseTo(30, 5);
    expect(windows.map(({ p50 }) => Math.round(p50))).toEqual([10, 30]);
  });
});
