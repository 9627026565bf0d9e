import { afterAll, beforeAll, describe } from '@jest/globals';
import {
  makeDatabase,
  postgresServers,
  type TestDatabase,
  type TestServer,
} from '../../../../../tests/harness/postgres.js';
import { recordingContracts } from './contracts.js';

describe.each(postgresServers)('recording on %s', (_name, start) => {
  let server: TestServer;
  let database: TestDatabase;
  beforeAll(async () => {
    server = await start();
    database = await makeDatabase(server, { poolMax: 20 });
  });
  afterAll(async () => {
    await database?.close();
    await server?.close();
  });

  recordingContracts(() => database);
});
