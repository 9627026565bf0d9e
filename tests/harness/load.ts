import { sleep } from '@ferry/kernel';
import { eventually } from '@ferry/payments/testing';
import { Client, type Reply } from './client.js';

/** One request and what came of it; `reply` is absent when the connection broke. */
export interface Attempt {
  readonly reference: string;
  /** On the clock of `performance.now()`. */
  readonly sentAt: number;
  readonly endedAt: number;
  readonly reply: Reply | undefined;
}

/** Bound of what is under way: at 500 requests/s, each may take 4 s. */
const SOCKETS = 2_000;
const TICK_MS = 5;

export const isSuccess = ({ reply }: Attempt): boolean => reply?.status === 201 || reply?.status === 200;
export const took = ({ sentAt, endedAt }: Attempt): number => endedAt - sentAt;

/** The client's side of the story: creates payments at a constant rate, whatever the answers, and keeps them all. */
export class Load {
  readonly attempts: Attempt[] = [];
  /** Payment ids by reference, as the API acknowledged them. */
  readonly acknowledged = new Map<string, string>();
  /** Answers to one key that name different payments. */
  readonly contradictions: string[] = [];
  private readonly client: Client;
  private readonly underWay = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private sent = 0;

  constructor(
    url: string,
    private readonly name: string,
    private readonly given: Record<string, unknown> = {},
  ) {
    this.client = new Client(url, { sockets: SOCKETS });
  }

  start(perSecond: number): void {
    this.running = this.run(perSecond);
  }

  /** Sends no more and waits for the last answer. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await Promise.all(this.underWay);
  }

  /** Asks again, with its key, for whatever was not acknowledged until it is, as a careful client does. */
  async retryUnacknowledged(): Promise<void> {
    await eventually('all are acknowledged', async () => {
      const open = this.unacknowledged();
      for (let from = 0; from < open.length; from += 100)
        await Promise.all(open.slice(from, from + 100).map((reference) => this.pay(reference)));
      return this.unacknowledged().length === 0;
    });
  }

  between(from: number, to: number): readonly Attempt[] {
    return this.attempts.filter(({ sentAt }) => sentAt >= from && sentAt < to);
  }

  close(): void {
    this.client.close();
  }

  private async run(perSecond: number): Promise<void> {
    const started = performance.now();
    while (!this.stopping.signal.aborted) {
      const due = ((performance.now() - started) / 1_000) * perSecond;
      while (this.sent < due) this.send(`${this.name}-${this.numberOf((this.sent += 1))}`);
      await sleep(TICK_MS, this.stopping.signal);
    }
  }

  /** Of the `sent`-th request, its payment's. */
  protected numberOf(sent: number): number {
    return sent;
  }

  protected ask(client: Client, reference: string): Promise<Reply> {
    return client.pay(reference, this.given, { 'Idempotency-Key': reference });
  }

  protected idIn({ body }: Reply): string {
    return String(body.id);
  }

  private unacknowledged(): readonly string[] {
    const references = new Set(this.attempts.map(({ reference }) => reference));
    return [...references].filter((reference) => !this.acknowledged.has(reference));
  }

  private send(reference: string): void {
    const ended = this.pay(reference).finally(() => this.underWay.delete(ended));
    this.underWay.add(ended);
  }

  private async pay(reference: string): Promise<void> {
    const sentAt = performance.now();
    const reply = await this.ask(this.client, reference).catch(() => undefined);
    const attempt = { reference, sentAt, endedAt: performance.now(), reply };
    this.attempts.push(attempt);
    if (reply && isSuccess(attempt)) this.acknowledge(reference, this.idIn(reply));
  }

  private acknowledge(reference: string, id: string): void {
    const known = this.acknowledged.get(reference);
    if (known !== undefined && known !== id) this.contradictions.push(`${reference}: ${known} and ${id}`);
    this.acknowledged.set(reference, id);
  }
}

/** The value below which `share` of the values lie; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
