import { afterEach, describe, expect, test } from '@jest/globals';
import { sleep } from '@ferry/kernel';
import { Pulse } from '../src/pulse.js';

const SILENCE_MS = 60;
const PROBE_MS = 30;

/** The test's own time-out ends it otherwise: how long timers take on a busy machine is nobody's promise. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(2);
}

describe('Pulse', () => {
  let pulse: Pulse;
  let lives = true;
  let probes = 0;
  const silences: number[] = [];
  const aPulse = (): Pulse =>
    new Pulse({
      silenceMs: SILENCE_MS,
      probeMs: PROBE_MS,
      againMs: 10,
      probe: async (timeoutMs) => {
        probes += 1;
        if (lives) return;
        await sleep(timeoutMs);
        throw new Error('no answer');
      },
      onSilent: (quietMs) => silences.push(quietMs),
    });

  afterEach(() => {
    pulse.close();
    lives = true;
    probes = 0;
    silences.splice(0);
  });

  test('a server that answers is asked nothing', async () => {
    pulse = aPulse();
    await pulse.during(async () => {
      for (let i = 0; i < 10; i += 1) {
        await sleep(SILENCE_MS / 4);
        pulse.heard();
      }
    });
    expect(probes).toBe(0);
  });

  test('a slow one is asked, answers, and is left in peace', async () => {
    pulse = aPulse();
    await pulse.during(() => until(() => probes >= 2));
    expect(silences).toEqual([]);
    expect(pulse.isSilent).toBe(false);
  });

  test('a silent one is called silent once, when the question has gone unanswered, and not before', async () => {
    lives = false;
    pulse = aPulse();
    await pulse.during(async () => {
      await until(() => pulse.isSilent);
      await sleep(2 * SILENCE_MS);
    });
    expect(silences).toHaveLength(1);
    expect(silences[0]).toBeGreaterThanOrEqual(SILENCE_MS + PROBE_MS - 2);
    expect(pulse.isSilent).toBe(true);
  });

  test('it is asked again although nobody waits, until it answers; then it may fall silent anew', async () => {
    lives = false;
    pulse = aPulse();
    await pulse.during(() => until(() => pulse.isSilent));
    lives = true;
    await until(() => !pulse.isSilent);
    lives = false;
    await pulse.during(() => until(() => silences.length === 2));
    expect(pulse.isSilent).toBe(true);
  });

  test('nobody waiting: no question, however long it says nothing', async () => {
    lives = false;
    pulse = aPulse();
    await pulse.during(() => Promise.resolve());
    await sleep(3 * SILENCE_MS);
    expect(probes).toBe(0);
    expect(pulse.isSilent).toBe(false);
  });

  test('what comes while the question is open counts as its answer', async () => {
    lives = false;
    pulse = aPulse();
    await pulse.during(async () => {
      await sleep(SILENCE_MS + PROBE_MS / 2);
      pulse.heard();
      await sleep(PROBE_MS);
    });
    expect(probes).toBe(1);
    expect(silences).toEqual([]);
  });

  test('passes on what the work answers, and its failure', async () => {
    pulse = aPulse();
    await expect(pulse.during(() => Promise.resolve(42))).resolves.toBe(42);
    await expect(pulse.during(() => Promise.reject(new Error('own')))).rejects.toThrow('own');
  });

  test('closed, it asks no more', async () => {
    lives = false;
    pulse = aPulse();
    await pulse.during(() => sleep(3 * SILENCE_MS));
    pulse.close();
    const before = probes;
    await sleep(3 * PROBE_MS);
    expect(probes - before).toBeLessThanOrEqual(1);
  });
});
