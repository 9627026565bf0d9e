import { afterAll, beforeAll, describe } from '@jest/globals';
import { PostgresJobLeases } from '@ferry/postgres';
import { jobLeasesContract } from '@ferry/recording/testing';
import {
  makeDatabase,
  postgresServers,
  type TestDatabase,
  type TestServer,
} from '../../../../tests/harness/postgres.js';

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

  jobLeasesContract('PostgresJobLeases', async () => new PostgresJobLeases(database.app, database.sweeper));
});
