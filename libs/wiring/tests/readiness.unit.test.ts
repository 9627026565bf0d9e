import { beforeEach, describe, expect, test } from '@jest/globals';
import { silentLogger, Unavailable } from '@ferry/kernel';
import { migrationNames } from '@ferry/migrations';
import { Container } from 'inversify';
import { pass, useFakeTime } from '../../../tests/harness/fake-time.js';
import { Readiness } from '../src/readiness.js';
import { T } from '../src/tokens.js';

describe('a process that starts while the database is away', () => {
  useFakeTime();
  let away: boolean;
  let asked: number;
  let readiness: Readiness;
  let closing: AbortController;

  beforeEach(() => {
    [away, asked, closing] = [true, 0, new AbortController()];
    const database = {
      transaction: () => {
        asked += 1;
        const answer = { role: { bypasses: false, owns: false, endless: [] }, ran: migrationNames };
        return away ? Promise.reject(new Unavailable('postgres')) : Promise.resolve(answer);
      },
    };
    const container = new Container();
    container.bind(T.AppDatabase).toConstantValue(database as never);
    readiness = new Readiness(container, closing.signal);
  });

  test('takes no work before it is back, and does a second later, however long it was away', async () => {
    const checked = readiness.untilSchemaChecked(silentLogger);
    await pass(3_600_000);
    expect(() => readiness.assertSchemaChecked()).toThrow(Unavailable);
    away = false;
    await pass(1_000);
    expect(() => readiness.assertSchemaChecked()).not.toThrow();
    await checked;
  });

  test('asks no more than four times a second', async () => {
    void readiness.untilSchemaChecked(silentLogger);
    await pass(60_000);
    expect(asked).toBeGreaterThan(60);
    expect(asked).toBeLessThan(4 * 60);
    closing.abort();
  });
});
