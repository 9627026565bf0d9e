import { str } from 'envalid';
import { existingFile } from './pem.js';
import { whole } from './validators.js';

export const apiSettings = {
  PORT: whole(0, 65535)({ default: 8080, desc: 'port of the API; 0 takes any free one' }),
  TLS_CERT_FILE: existingFile({
    default: undefined,
    desc: 'certificate of the API with its chain (PEM): the API then speaks HTTPS only; read again when it changes',
    example: '/etc/ferry/tls.crt',
  }),
  TLS_KEY_FILE: existingFile({
    default: undefined,
    desc: 'key of that certificate (PEM, without a passphrase)',
    example: '/etc/ferry/tls.key',
  }),
  FERRY_AUTH: str({ choices: ['none'], default: 'none', desc: '`none`: everyone is the tenant `default`' }),
  CREATE_BATCH_MAX: whole(1, 1_000)({ default: 200, desc: 'payments stored in one transaction' }),
  CREATE_CONCURRENCY: whole(1, 50)({ default: 2, desc: 'such transactions at once' }),
  CREATE_WAITING_MAX: whole(
    1,
    1_000_000,
  )({ default: 10_000, desc: 'requests that wait for one; further ones get 503' }),
};
