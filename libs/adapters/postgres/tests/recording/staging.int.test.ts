import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PostgresStagingSources } from '@ferry/postgres';
import {
  makeDatabase,
  postgresServers,
  type TestDatabase,
  type TestServer,
} from '../../../../../tests/harness/postgres.js';
import { stagingContracts } from './staging-contracts.js';
import { stagingManaged } from './staging-managed.js';

/** Copied from it. */
const tableOfTheDesign = `
  CREATE TABLE seed.payment_staging (
    id BIGSERIAL PRIMARY KEY,
    reference_number VARCHAR(255) NOT NULL,
    loan_account_number VARCHAR(20) NOT NULL,
    cif VARCHAR(20) NOT NULL,
    amount DECIMAL(15,2) NOT NULL,
    payment_date TIMESTAMP NOT NULL,
    payment_channel VARCHAR(100),
    metadata JSONB,
    processed BOOLEAN DEFAULT FALSE,
    processed_at TIMESTAMP,
    created_at TIMESTAMP DEFAULT NOW()
  )`;

describe.each(postgresServers)('on %s', (_name, start) => {
  let server: TestServer;
  let database: TestDatabase;
  beforeAll(async () => {
    server = await start();
    database = await makeDatabase(server);
  });
  afterAll(async () => {
    await database?.close();
    await server?.close();
  });

  stagingContracts(() => database);
  stagingManaged(() => database);

  test('the staging table is that of the source design, column by column', async () => {
    await database.query(`create schema seed; ${tableOfTheDesign}`);
    const columnsOf = (schema: string): Promise<unknown> =>
      database.query(
        `select column_name, data_type, character_maximum_length, numeric_precision, numeric_scale, is_nullable,
           replace(column_default, 'seed.', '') as column_default
         from information_schema.columns where table_schema = $1 and table_name = 'payment_staging' order by ordinal_position`,
        [schema],
      );
    expect(await columnsOf('public')).toEqual(await columnsOf('seed'));
    await database.query('drop schema seed cascade');
  });

  test('the table of the source design can be drained as it is made', async () => {
    const sources = new PostgresStagingSources(database.app, database.sweeper);
    expect(await sources.faultsOf('public.payment_staging')).toEqual([]);
  });

  test('an ETL can fill it and mend its rows, and cannot say that they are recorded', async () => {
    // Roles belong to the server: by its name nobody else who uses that one meets it.
    const etl = `${database.name}_etl`;
    await database.query(`create role ${etl} in role ferry_etl`);
    const as = (sql: string): Promise<unknown> => database.query(`set role ${etl}; ${sql}; reset role`);
    await as(`insert into payment_staging (reference_number, loan_account_number, cif, amount, payment_date)
      values ('r', 'l', 'c', 1, '2026-11-20')`);
    await as(`update payment_staging set amount = 2`);
    await expect(as('update payment_staging set processed = true')).rejects.toThrow(/permission denied/);
    await database.query(`reset role; drop role ${etl}`);
  });
});
