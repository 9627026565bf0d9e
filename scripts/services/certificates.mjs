// Certificates for tests: an authority of its own, made by openssl when it is asked for, good for one day.
import { execFileSync } from 'node:child_process';
import { appendFileSync, chownSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRoot, userIds } from './programs.mjs';

/** An authority in a directory of its own; `issue` makes a certificate for one host name and its key; `ended`: one of yesterday. */
export function makeAuthority() {
  const directory = mkdtempSync(join(tmpdir(), 'ferry-authority-'));
  const openssl = (...args) => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  // Each authority has a name of its own: of two with the same name, a wrong one is refused for its signature alone.
  openssl(
    'req',
    '-x509',
    '-subj',
    `/CN=${directory.slice(-6)}`,
    '-out',
    'ca.pem',
    '-keyout',
    'ca.key',
    ...newKey,
    ...oneDay,
  );
  let issued = 0;
  return {
    ca: join(directory, 'ca.pem'),
    issue: (host, { ended = false } = {}) => {
      const name = `${host}-${(issued += 1)}`;
      const [cert, key, request, extensions] = ['pem', 'key', 'csr', 'ext'].map((ending) => `${name}.${ending}`);
      writeFileSync(join(directory, extensions), `subjectAltName=DNS:${host}\n`);
      openssl('req', '-new', '-subj', `/CN=${host}`, '-out', request, '-keyout', key, ...newKey);
      const signing = ['-in', request, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'];
      openssl('x509', '-req', ...signing, '-out', cert, '-extfile', extensions, '-days', ended ? '-1' : '1');
      return { ca: join(directory, 'ca.pem'), cert: join(directory, cert), key: join(directory, key) };
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const oneDay = ['-days', '1'];

/** Copies a certificate and its key to where a service may read them: its own directory, owned by its own user. */
export function handOver(tls, directory, user) {
  const files = {
    ca: join(directory, 'ca.pem'),
    cert: join(directory, 'server.pem'),
    key: join(directory, 'server.key'),
  };
  for (const [name, file] of Object.entries(files)) {
    copyFileSync(tls[name], file);
    if (user === undefined || !isRoot()) continue;
    const { uid, gid } = userIds(user);
    chownSync(file, uid, gid);
  }
  return files;
}

/** Key and certificate in one file, as Kafka wants them. */
export function joinPem({ key, cert }, file) {
  writeFileSync(file, readFileSync(key), { mode: 0o600 });
  appendFileSync(file, readFileSync(cert));
  return file;
}
