import { createHmac, randomBytes } from 'node:crypto';
import { Client, type Reply } from './client.js';
import { Load } from './load.js';
import { newSecret } from './record.js';

/** Of the processes that keep the secrets of channels. */
export const newEncryptionKeys = (): string => `test:${randomBytes(32).toString('base64')}`;

const definition = {
  fields: {
    reference_number: { pointer: '/ref' },
    loan_account_number: { constant: 'LN-1' },
    cif: { constant: 'CIF-1' },
    amount: { constant: '100.50' },
    currency: { constant: 'EUR' },
    payment_date: { pointer: '/at', format: 'rfc3339' },
  },
  signature: { scheme: 'hmac-sha256', header: 'X-Signature', encoding: 'hex' },
};

/** An outside system that signs what it sends. */
export class Bank {
  private readonly secret = newSecret();

  constructor(readonly channel: string) {}

  /** Makes its channel; every request of it is counted against the limit. */
  async declare(url: string, requestsPerMinute: number): Promise<void> {
    const client = new Client(url);
    const made = [
      await client.post('/api/v1/secrets', { name: `webhook/${this.channel}`, value: this.secret }),
      await client.put(`/api/v1/channels/${this.channel}`, {
        version: 0,
        definition: { ...definition, requests_per_minute: requestsPerMinute },
      }),
    ];
    client.close();
    const failed = made.find(({ status }) => status >= 300);
    if (failed) throw new Error(`the channel was not made: ${failed.text}`);
  }

  tell(client: Client, reference: string): Promise<Reply> {
    const body = { ref: reference, at: '2026-11-20T09:30:00Z' };
    const signature = createHmac('sha256', this.secret).update(JSON.stringify(body)).digest('hex');
    const headers = { 'X-Tenant-Id': 'default', 'X-Signature': signature };
    return client.post(`/api/v1/payments/webhook/${this.channel}`, body, headers);
  }
}

/** Every third webhook tells again of what was told so many webhooks before. */
const REPEATS_EVERY = 3;
const BEFORE = 50;

/** Tells of payments by signed webhooks at a constant rate. */
export class WebhookLoad extends Load {
  constructor(
    url: string,
    name: string,
    private readonly bank: Bank,
  ) {
    super(url, name);
  }

  protected override numberOf(sent: number): number {
    return sent % REPEATS_EVERY === 0 && sent > BEFORE + REPEATS_EVERY ? sent - BEFORE : sent;
  }

  protected override ask(client: Client, reference: string): Promise<Reply> {
    return this.bank.tell(client, reference);
  }

  protected override idIn({ body }: Reply): string {
    return String(body.payment_id);
  }
}
