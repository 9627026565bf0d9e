import { str } from 'envalid';
import { whole } from './validators.js';

export const apiSettings = {
  PORT: whole(0, 65535)({ default: 8080, desc: 'port of the API; 0 takes any free one' }),
  FERRY_AUTH: str({ choices: ['none'], default: 'none', desc: '`none`: everyone is the tenant `default`' }),
  CREATE_BATCH_MAX: whole(1, 1_000)({ default: 200, desc: 'payments stored in one transaction' }),
  CREATE_CONCURRENCY: whole(
    1,
    50,
  )({ default: 1, desc: 'such transactions at once; with 1 what comes meanwhile forms the largest batch' }),
  CREATE_WAITING_MAX: whole(
    1,
    1_000_000,
  )({ default: 10_000, desc: 'requests that wait for one; further ones get 503' }),
};
