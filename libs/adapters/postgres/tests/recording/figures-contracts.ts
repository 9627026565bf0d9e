import { expect, test } from '@jest/globals';
import { PostgresStagingFigures, PostgresStandingBoard, PostgresWebhookCountLog } from '@ferry/postgres';
import { standingBoardContract, webhookCountLogContract } from '@ferry/recording/testing';
import type { TestDatabase } from '../../../../../tests/harness/postgres.js';

let made = 0;

/** What the figures of recording ask of PostgreSQL, of whatever database is there when the tests run. */
export function figuresContracts(database: () => TestDatabase): void {
  const aTenant = async (): Promise<string> => {
    const id = `figures${(made += 1)}`;
    await database().addTenant(id);
    return id;
  };

  webhookCountLogContract('PostgreSQL', async () => ({
    log: new PostgresWebhookCountLog(database().app),
    tenants: [await aTenant(), await aTenant()],
  }));
  standingBoardContract('PostgreSQL', async () => {
    await database().query('delete from recording.staging_standing');
    return new PostgresStandingBoard(database().app);
  });

  test('a tenant without staging has zeros', async () => {
    const figures = new PostgresStagingFigures(database().app);
    const none = { processed: 0, averageBatchMs: 0, waiting: 0 };
    expect(await figures.ofDay(await aTenant(), '2026-02-28', 100)).toEqual(none);
  });
}
