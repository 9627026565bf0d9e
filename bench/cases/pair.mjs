import { Inspector } from '../inspector.mjs';
import { ferryEnvironment, logOf } from '../measure.mjs';
import { freePort, programs, startServer } from '../processes.mjs';
import { rabbitMq } from '../services.mjs';
import { startFerry } from './settle.mjs';

/**
 * @typedef {object} Pair what runs
 * @property {string} url of the api
 * @property {Record<string, number>} pids by the names of the processes
 * @property {Record<string, Inspector>} inspectors the same, when they were asked for
 * @property {() => Promise<void>} stop
 */

/**
 * Api and worker as two processes, joined by RabbitMQ. Where it is not installed: `ferry start`, which is both in one.
 * @param {import('../measure.mjs').Bench} bench @param {import('../database.mjs').FerryDatabase} database @param {boolean} inspect
 * @returns {Promise<Pair>}
 */
export async function startPair(bench, database, inspect) {
  const url = await rabbitMq();
  console.error(
    url
      ? 'api and worker apart, joined by RabbitMQ'
      : 'RabbitMQ is not installed: ferry start, api and worker in one process',
  );
  const ports = [await freePort(), await freePort()];
  const nodeArgs = (/** @type {number} */ i) => (inspect ? [`--inspect=127.0.0.1:${ports[i]}`] : []);
  const environment = { ...ferryEnvironment(), ...database.environment, RABBITMQ_URL: url };
  const started = url
    ? {
        worker: await startServer(programs.worker, [], environment, logOf(bench, 'worker'), {
          nodeArgs: nodeArgs(0),
          healthOnMetrics: true,
        }),
        api: await startServer(programs.api, [], environment, logOf(bench, 'api'), { nodeArgs: nodeArgs(1) }),
      }
    : { api: await startFerry(bench, database, nodeArgs(0)) };
  const servers = Object.entries(started);
  const inspectors = await Promise.all(
    inspect ? servers.map(async ([name], i) => /** @type {const} */ ([name, await Inspector.open(ports[i] ?? 0)])) : [],
  );
  return {
    url: started.api.url,
    pids: Object.fromEntries(servers.map(([name, { pid }]) => [name, pid])),
    inspectors: Object.fromEntries(inspectors),
    stop: async () => {
      for (const [, inspector] of inspectors) inspector.close();
      // The api first, so that the worker gets all that was announced.
      for (const [, server] of servers.toReversed()) await server.stop();
    },
  };
}
