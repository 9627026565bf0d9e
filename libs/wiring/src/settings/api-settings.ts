import { str } from 'envalid';
import { existingFile } from './pem.js';
import { proxyRanges, urlOf, whole } from './validators.js';

export const apiSettings = {
  PORT: whole(0, 65535)({ default: 8080, desc: 'port of the API; 0 takes any free one' }),
  ADMIN_PORT: whole(
    0,
    65535,
  )({
    default: undefined,
    desc: 'port of the routes that rule tenants, for keys with `tenants:admin`; without it they are nowhere; 0 takes any free one',
  }),
  ADMIN_HOST: str({ default: '127.0.0.1', desc: 'address that ADMIN_PORT listens on' }),
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
  FERRY_AUTH: str({
    choices: ['keys', 'none'],
    default: 'keys' as 'keys' | 'none',
    desc: '`keys`: every request of a tenant brings an API key or a token; `none`: everyone is the tenant `default`',
  }),
  NODE_ENV: str({ default: undefined, desc: '`production` refuses FERRY_AUTH=none', example: 'production' }),
  TRUST_PROXY: proxyRanges({
    default: undefined,
    desc: 'proxies whose `X-Forwarded-For` is believed: addresses and CIDR ranges, separated by commas',
    example: '10.0.0.0/8',
  }),
  OIDC_ISSUER: urlOf(
    'http',
    'https',
  )({
    default: undefined,
    desc: 'identity provider of people, as `iss` names it; without it only keys are let in',
    example: 'https://sso.example.com/realms/ferry',
  }),
  OIDC_JWKS_URL: urlOf(
    'http',
    'https',
  )({
    default: undefined,
    desc: 'where its keys are; the place that Keycloak has below the issuer when not set',
    example: 'https://sso.example.com/keys',
  }),
  OIDC_AUDIENCE: str({ default: 'ferry', desc: '`aud` that a token must have, and the client whose roles count' }),
  OIDC_TENANT_CLAIM: str({ default: 'tenant_id', desc: 'claim of a token that names the tenant' }),
  CREATE_BATCH_MAX: whole(1, 1_000)({ default: 200, desc: 'payments stored in one transaction' }),
  CREATE_CONCURRENCY: whole(
    1,
    50,
  )({ default: 1, desc: 'such transactions at once; with 1 what comes meanwhile forms the largest batch' }),
  WEBHOOK_TIMEOUT_MS: whole(
    100,
    60_000,
  )({ default: 5_000, desc: 'how long the sender of a webhook waits at most; then 503, and it may send it again' }),
  CREATE_WAITING_MAX: whole(
    1,
    1_000_000,
  )({ default: 10_000, desc: 'requests that wait for one; further ones get 503' }),
};
