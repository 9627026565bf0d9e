import { afterEach, describe, expect, test } from '@jest/globals';
import { sleep } from '@ferry/kernel';
import { pass, settled, useFakeTime } from '../../../../tests/harness/fake-time.js';
import { Pulse } from '../src/pulse.js';

const SILENCE_MS = 60;
const PROBE_MS = 30;

const AGAIN_MS = 10;

describe('Pulse', () => {
  useFakeTime();

  let pulse: Pulse;
  let lives = true;
  let probes = 0;
  const silences: number[] = [];
  const forEver = new Promise<void>(() => {});
  const aPulse = (): Pulse =>
    new Pulse({
      silenceMs: SILENCE_MS,
      probeMs: PROBE_MS,
      againMs: AGAIN_MS,
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
    const work = Promise.withResolvers<void>();
    const working = pulse.during(() => work.promise);
    for (let i = 0; i < 10; i += 1) {
      await pass(SILENCE_MS - 1);
      pulse.heard();
    }
    expect(probes).toBe(0);
    work.resolve();
    await working;
  });

  test('a slow one is asked, answers, and is left in peace', async () => {
    pulse = aPulse();
    void pulse.during(() => forEver);
    await pass(SILENCE_MS);
    expect(probes).toBe(1);
    await pass(SILENCE_MS - 1);
    expect(probes).toBe(1);
    await pass(1);
    expect(probes).toBe(2);
    expect(silences).toEqual([]);
    expect(pulse.isSilent).toBe(false);
  });

  test('a silent one is called silent once, when the question has gone unanswered, and not before', async () => {
    lives = false;
    pulse = aPulse();
    void pulse.during(() => forEver);
    await pass(SILENCE_MS + PROBE_MS - 1);
    expect(pulse.isSilent).toBe(false);
    await pass(1);
    expect(pulse.isSilent).toBe(true);
    await pass(2 * SILENCE_MS);
    expect(silences).toEqual([SILENCE_MS + PROBE_MS]);
    expect(pulse.isSilent).toBe(true);
  });

  test('it is asked again although nobody waits, until it answers; then it may fall silent anew', async () => {
    lives = false;
    pulse = aPulse();
    await pulse.during(() => pass(SILENCE_MS + PROBE_MS));
    expect(pulse.isSilent).toBe(true);
    await pass(2 * PROBE_MS);
    expect(pulse.isSilent).toBe(true);
    lives = true;
    await pass(PROBE_MS + AGAIN_MS);
    expect(pulse.isSilent).toBe(false);
    lives = false;
    await pulse.during(() => pass(SILENCE_MS + PROBE_MS));
    expect(silences).toHaveLength(2);
    expect(pulse.isSilent).toBe(true);
  });

  test('nobody waiting: no question, however long it says nothing', async () => {
    lives = false;
    pulse = aPulse();
    await pulse.during(() => Promise.resolve());
    await pass(3 * SILENCE_MS);
    expect(probes).toBe(0);
    expect(pulse.isSilent).toBe(false);
  });

  test('what comes while the question is open counts as its answer', async () => {
    lives = false;
    pulse = aPulse();
    await pulse.during(async () => {
      await pass(SILENCE_MS + PROBE_MS / 2);
      pulse.heard();
      await pass(PROBE_MS);
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
    void pulse.during(() => forEver);
    await pass(3 * SILENCE_MS);
    pulse.close();
    await settled();
    const before = probes;
    await pass(3 * SILENCE_MS);
    expect(probes).toBe(before);
  });
});
