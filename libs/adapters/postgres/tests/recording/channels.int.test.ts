import { afterAll, beforeAll, describe } from '@jest/globals';
import {
  makeDatabase,
  postgresServers,
  type TestDatabase,
  type TestServer,
} from '../../../../../tests/harness/postgres.js';
import { channelContracts } from './channel-contracts.js';

describe.each(postgresServers)('channels on %s', (_name, start) => {
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

  channelContracts(() => database);
});
