import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answers } from './probe.mjs';
import { demand, pgbouncer } from './programs.mjs';
import { startService } from './service.mjs';

// "May I speak TLS?" is answered by one letter, before anybody has logged in.
const sslRequest = Buffer.from('0000000804d2162f', 'hex');

/** PgBouncer in transaction mode. It asks the server for the passwords of those who come, with the login of `server`. */
export async function startPgbouncer({ server, poolSize = 1, settings = {} }) {
  demand('pgbouncer');
  const { hostname, port: serverPort, username, password } = new URL(server);
  return startService({
    name: 'pgbouncer',
    user: 'postgres', // it refuses to run as root
    ports: 1,
    stopSignal: 'SIGINT',
    prepare: ({ directory, ports: [port] }) => {
      // The directory is closed to others.
      writeFileSync(join(directory, 'users.txt'), `"${username}" "${password}"\n`, { mode: 0o644 });
      const lines = Object.entries({ ...ours(directory, port, poolSize), ...settings }).map(
        ([name, value]) => `${name} = ${value}\n`,
      );
      const database = `[databases]\n* = host=${hostname} port=${serverPort} auth_user=${username}\n`;
      writeFileSync(join(directory, 'pgbouncer.ini'), `${database}[pgbouncer]\n${lines.join('')}`);
    },
    command: ({ directory }) => [pgbouncer(), join(directory, 'pgbouncer.ini')],
    isReady: ({ ports: [port] }) => answers(port, sslRequest, (bytes) => bytes.length > 0),
    address: ({ ports: [port] }) => ({ url: `postgres://127.0.0.1:${port}` }),
  });
}

const ours = (directory, port, poolSize) => ({
  listen_addr: '127.0.0.1',
  listen_port: port,
  unix_socket_dir: '',
  auth_type: 'scram-sha-256',
  auth_file: join(directory, 'users.txt'),
  pool_mode: 'transaction',
  default_pool_size: poolSize,
  max_client_conn: 500,
  server_login_retry: 1,
});
