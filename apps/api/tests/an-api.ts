import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { newId, silentLogger, systemClock, type Logger, type LogFields, type Meter, type Origin } from '@ferry/kernel';
import {
  CancelPayment,
  CreatePayments,
  WatchPayments,
  type CreateOutcome,
  type CreatePayment,
  type PaymentQueue,
  type PaymentSignal,
  type PaymentSignals,
} from '@ferry/payments';
import { DecidedRules, InMemoryPaymentRepository } from '@ferry/payments/testing';
import { CountWebhooks, TodayStats } from '@ferry/recording';
import { InMemoryRecordedPayments, InMemoryWebhookCountLog } from '@ferry/recording/testing';
import { nobody } from '@ferry/tenancy';
import { aTenancy } from './a-tenancy.js';
import { aRecorder, aWebhooks } from './a-webhooks.js';
import supertest from 'supertest';
import type { HttpDeps } from '../src/deps.js';
import { createHttpApp } from '../src/http/app.js';
import { Problem } from '../src/http/problem.js';

export class InMemorySignals implements PaymentSignals {
  private readonly listeners = new Set<(ended: readonly PaymentSignal[]) => void>();

  announce(ended: readonly PaymentSignal[]): void {
    for (const listener of this.listeners) listener(ended);
  }

  listen(listener: (ended: readonly PaymentSignal[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

export interface LogLine {
  readonly level: keyof Logger;
  readonly message: string;
  readonly fields: LogFields;
}

const unheardQueue: PaymentQueue = {
  publish: (messages) => Promise.resolve(messages.map(() => true)),
  consume: () => Promise.reject(new Error('the API consumes nothing')),
  depth: () => Promise.resolve(0),
  ahead: () => 0,
};

const idleStaging = { ofDay: () => Promise.resolve({ processed: 0, averageBatchMs: 0, waiting: 0 }) };

export const aHealthReport: Awaited<ReturnType<HttpDeps['healthReport']>> = {
  status: 'healthy',
  checks: { database: 'ok', kafka: 'ok', redis: 'ok', staging_backlog: 0, last_staging_run: 'never' },
  lacking: [],
  degraded: [],
  details: { kafka: { status: 'not-configured', required: false } },
};

/** The whole HTTP adapter on in-memory fakes, before it listens. */
export function anAppWith(overrides: Partial<HttpDeps> = {}) {
  const repository = new InMemoryPaymentRepository();
  const signals = new InMemorySignals();
  const recorded = new InMemoryRecordedPayments();
  const webhooks = new InMemoryWebhookCountLog();
  const lines: LogLine[] = [];
  const observed: { name: string; value: number; labels: Readonly<Record<string, string>> | undefined }[] = [];
  const origins: Origin[] = [];
  const stop = new AbortController();
  const write =
    (level: keyof Logger) =>
    (message: string, fields: LogFields = {}): void =>
      void lines.push({ level, message, fields });
  const rules = new DecidedRules();
  const options = { idempotencyDays: 31, aheadMax: Infinity };
  const creating = new CreatePayments(repository, unheardQueue, rules, systemClock, newId, options);
  const read: HttpDeps['readPayment'] = async (owner, id) => (await repository.find(owner, [id]))[0];
  const meter: Meter = {
    count() {},
    gauge() {},
    observe: (name, value, labels) => void observed.push({ name, value, labels }),
  };
  const logger = {
    ...silentLogger,
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    debug: write('debug'),
  };
  const tenancy = overrides.tenancy ?? aTenancy();
  const counts = new CountWebhooks(webhooks, systemClock);
  const facts = aRecorder(recorded);
  const deps: HttpDeps = {
    createPayment: async (command: CreatePayment) => (await creating.execute([command]))[0] as CreateOutcome,
    cancelPayment: new CancelPayment(repository, signals, systemClock, newId),
    watchPayments: new WatchPayments(read, signals, { pollMs: 50, waitersMax: 100 }),
    readPayment: read,
    payments: repository,
    recording: { payments: recorded, stats: new TodayStats(idleStaging, webhooks, systemClock) },
    tenancy,
    webhooks: aWebhooks({ tenancy, facts, payments: recorded, counts, meter, logger }),
    notLetIn: () => new Problem('unauthenticated', 'Present a valid key or token.'),
    rails: ['simulated', 'mtn-momo'],
    logger,
    meter,
    principalOf: () => Promise.resolve(nobody('default')),
    trustedProxies: [],
    health: () => Promise.resolve({ ready: true, checks: { postgres: { status: 'ok', required: true } } }),
    healthReport: () => Promise.resolve(aHealthReport),
    withOrigin: (origin, work) => {
      origins.push(origin);
      return work();
    },
    closing: stop.signal,
    ...overrides,
  };
  return {
    app: createHttpApp(deps),
    deps,
    repository,
    recorded,
    webhooks,
    rules,
    signals,
    lines,
    observed,
    origins,
    stop,
  };
}

const closers: (() => void)[] = [];

/** Listens on a free port until `closeApis`; `call` is supertest on it. */
export async function anApi(overrides: Partial<HttpDeps> = {}) {
  const api = anAppWith(overrides);
  const server = createServer(api.app).on('checkContinue', api.app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { ...api, port, server, call: supertest(`http://127.0.0.1:${port}`) };
}

export type Api = Awaited<ReturnType<typeof anApi>>;

export function closeApis(): void {
  for (const close of closers.splice(0)) close();
}

let made = 0;

/** A good body with a reference of its own. */
export const aBody = (given: Record<string, unknown> = {}): Record<string, unknown> => ({
  amount: 100.5,
  currency: 'USD',
  reference: `REF-${(made += 1)}`,
  ...given,
});

/** Posts text as it is: what an object could not express. */
export const post = (api: Api, body: string, headers: Readonly<Record<string, string>> = {}) =>
  api.call
    .post('/api/v1/payments')
    .set({ 'Content-Type': 'application/json', ...headers })
    .send(body);

/** `field rule`, for each error of a problem document. */
export const faultsOf = ({ body }: { body: unknown }): readonly string[] =>
  ((body as { errors?: { field: string; rule: string }[] }).errors ?? []).map(({ field, rule }) => `${field} ${rule}`);
