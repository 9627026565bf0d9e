import { sleep, Stalls } from '@ferry/kernel';
import pg from 'pg';
import { messagesReady } from './faults/messages.js';
import { STAGING_TABLE } from './stage/prepare.js';
import type { Stage } from './stage/stage.js';

/** What is still to be done. */
export interface Backlog {
  /** Payments that somebody has to come back to; one that is parked for attention waits for an operator. */
  readonly payments: number;
  readonly events: number;
  readonly messages: number;
  /** Of staging tables, those included that are to be read again. */
  readonly rows: number;
}

export const parts = ['payments', 'events', 'messages', 'rows'] as const;

export const backlogLimitMs = 30_000;
/** A backlog that takes longer than allowed is waited for nevertheless, so that what is checked then is not mixed up with it. */
const PATIENCE_MS = 90_000;
const POLL_MS = 200;

/** For how long each part of the backlog was still seen, in ms from now; what was left when nobody waited any longer. */
export async function untilSettled(stage: Stage): Promise<{ readonly lastedMs: Backlog; readonly left: Backlog }> {
  const stalls = Stalls.watch();
  const started = performance.now();
  const lastedMs = { payments: 0, events: 0, messages: 0, rows: 0 };
  const client = new pg.Client({ connectionString: await stage.adminUrl() });
  await client.connect();
  try {
    for (;;) {
      const left = await backlogOf(client, stage);
      const now = performance.now();
      const nowMs = now - started - stalls.between(started, now);
      for (const part of parts) if (left[part] > 0) lastedMs[part] = nowMs;
      if (parts.every((part) => left[part] === 0) || nowMs > PATIENCE_MS) return { lastedMs, left };
      await sleep(POLL_MS);
    }
  } finally {
    stalls.stop();
    await client.end();
  }
}

async function backlogOf(client: pg.Client, { rabbitmqUrl }: Stage): Promise<Backlog> {
  const { rows } = await client.query<Omit<Backlog, 'messages'>>(`select
    (select count(*)::int from payments.payments where sweep_at is not null) as payments,
    (select count(*)::int from messaging.outbox) as events,
    (select count(*)::int from ${STAGING_TABLE} where processed is not true)
      + (select count(*)::int from recording.staging_errors where next_attempt_at is not null) as rows`);
  const [waiting = { payments: 0, events: 0, rows: 0 }] = rows;
  return { ...waiting, messages: (rabbitmqUrl && (await messagesReady(rabbitmqUrl))) || 0 };
}
