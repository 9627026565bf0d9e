import { sleep } from '@ferry/kernel';
import type { Asked, HttpClient, Reply } from './http-client.js';
import type { Order } from './orders.js';
import type { Witness } from './witness.js';

/** Before a client asks again. */
const PAUSE_MS = 100;
/** Longer than anything is away. A question that has no answer by then is held against the apis. */
const GIVE_UP_AFTER_MS = 60_000;
const AGAIN_AFTER_MS = 500;
/** Shorter than the pauses between faults: a payment that is parked has no end to tell, and its watcher hears that only if nothing breaks meanwhile. */
const WATCH_S = 2;
const ends: readonly unknown[] = ['SUCCESS', 'FAILED', 'CANCELLED'];

interface PaymentBody {
  readonly id?: string;
  readonly status?: string;
  readonly code?: string;
  readonly payment_id?: string;
  readonly payment_status?: string;
}

/** A careful client: it asks until it has an answer, at another api each time, and has everything it was told written down. */
export class Client {
  constructor(
    private readonly http: HttpClient,
    private readonly witness: Witness,
    private readonly giveUpAfterMs = GIVE_UP_AFTER_MS,
  ) {}

  async carryOut(order: Order): Promise<void> {
    this.witness.ordered(order);
    switch (order.behaviour) {
      case 'twins':
        await Promise.all(Array.from({ length: order.twins }, (_, i) => this.pay(order, order.index + i)));
        return;
      case 'both':
        await Promise.all([this.pay(order, order.index), this.pay(order, order.index + 1, false)]);
        return;
      case 'again':
        await this.pay(order, order.index);
        await sleep(AGAIN_AFTER_MS);
        await this.pay(order, order.index + 1);
        return;
      case 'cancel':
        return this.cancel(order, await this.pay(order, order.index));
      case 'watch':
        return this.watch(order, await this.pay(order, order.index));
      default:
        await this.pay(order, order.index);
    }
  }

  /** The id of the payment that the order has become. */
  async pay(order: Order, api: number, withKey = true): Promise<string | undefined> {
    const key = withKey ? order.key : undefined;
    const headers: Record<string, string> = key === undefined ? {} : { 'Idempotency-Key': key };
    const reply = await this.untilAnswered(api, {
      method: 'POST',
      path: '/api/v1/payments',
      body: order.body,
      headers,
    });
    if (reply === undefined) return void this.witness.unanswered.push(order.index);
    const { id, code, payment_id: existing } = bodyOf(reply);
    if ((reply.status === 201 || reply.status === 200) && id !== undefined) {
      this.witness.heard(
        reply.status === 201 ? 'created' : 'replayed',
        order,
        id,
        key === undefined ? {} : { text: reply.text },
      );
      return id;
    }
    if (code !== 'duplicate-reference' || existing === undefined) return this.wonder(order, reply);
    this.witness.heard('duplicate', order, existing);
    return existing;
  }

  private async cancel(order: Order, id: string | undefined): Promise<void> {
    if (id === undefined) return;
    const reply = await this.untilAnswered(order.index + 1, { method: 'POST', path: `/api/v1/payments/${id}/cancel` });
    if (reply === undefined) return void this.witness.unanswered.push(order.index);
    const { status, code, payment_status: refusedAs } = bodyOf(reply);
    if (reply.status === 200 && status === 'CANCELLED') this.witness.heard('cancelled', order, id, { ended: status });
    else if (code !== 'payment-not-cancellable') this.wonder(order, reply);
    else if (ends.includes(refusedAs)) this.witness.heard('told', order, id, { ended: String(refusedAs) });
  }

  private async watch(order: Order, id: string | undefined): Promise<void> {
    if (id === undefined) return;
    const path = `/api/v1/payments/${id}?wait=${WATCH_S}`;
    const reply = await this.untilAnswered(order.index + 1, { method: 'GET', path, waitMs: WATCH_S * 1_000 });
    if (reply === undefined) return void this.witness.unanswered.push(order.index);
    const { status } = bodyOf(reply);
    if (reply.status !== 200) this.wonder(order, reply);
    else if (ends.includes(status)) this.witness.heard('told', order, id, { ended: String(status) });
  }

  /** A broken connection and a 503 leave it unknown whether anything was done; both invite to ask again. */
  async untilAnswered(api: number, asked: Asked): Promise<Reply | undefined> {
    const { counts } = this.witness;
    const deadline = performance.now() + this.giveUpAfterMs;
    for (let attempt = 0; performance.now() < deadline; attempt += 1) {
      counts.requests += 1;
      const reply = await this.http.ask(api + attempt, asked).catch(() => undefined);
      if (reply !== undefined && reply.status !== 503) return reply;
      if (reply === undefined) counts.broken += 1;
      else counts.unavailable += 1;
      await sleep(PAUSE_MS);
    }
    return undefined;
  }

  private wonder(order: Order, { status, text }: Reply): undefined {
    this.witness.unexpected.push(`${order.reference} (${order.behaviour}) got ${status} ${text.slice(0, 300)}`);
  }
}

function bodyOf({ text }: Reply): PaymentBody {
  try {
    return JSON.parse(text) as PaymentBody;
  } catch {
    return {}; // such an answer is unexpected, and said whole
  }
}
