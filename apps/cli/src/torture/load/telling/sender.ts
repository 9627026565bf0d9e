import { sleep, systemClock, type Clock } from '@ferry/kernel';
import type { Client } from '../client.js';
import type { Reply } from '../http-client.js';
import type { Witness } from '../witness.js';
import { outsideSystems } from './channels.js';
import { listWith, type Fact } from './facts.js';
import type { Receipt, Told } from './told.js';

const AGAIN_AFTER_MS = 500;
const TENANT = 'default';

interface Line {
  readonly reference_number?: string;
  readonly status?: string;
  readonly payment_id?: string;
}

/** An outside system that sends each webhook until it has an answer, at another api each time, and has the answers written down. */
export class Sender {
  constructor(
    private readonly client: Pick<Client, 'untilAnswered'>,
    private readonly witness: Witness,
    private readonly told: Told,
    private readonly factAt: (index: number) => Fact,
    private readonly clock: Clock = systemClock,
  ) {}

  async tell(fact: Fact): Promise<void> {
    const { index, manner, twins } = fact;
    const facts = manner === 'list' ? listWith(fact, this.factAt) : [fact];
    this.told.telling(facts);
    if (manner === 'twins') {
      await Promise.all(Array.from({ length: twins }, (_, i) => this.send(fact, facts, index + i)));
      return;
    }
    await this.send(fact, facts, index);
    if (manner !== 'again') return;
    await sleep(AGAIN_AFTER_MS);
    await this.send(fact, facts, index + 1);
  }

  private async send({ channel, reference }: Fact, facts: readonly Fact[], api: number): Promise<void> {
    const system = outsideSystems[channel];
    const body = system.body(facts);
    const signature = system.headers(body, this.clock.now());
    const headers = { 'Content-Type': system.contentType, 'X-Tenant-Id': TENANT, ...signature };
    const path = `/api/v1/payments/webhook/${channel}`;
    const reply = await this.client.untilAnswered(api, { method: 'POST', path, body, headers });
    const receipts = reply && receiptsIn(reply, facts);
    if (receipts) this.told.receipts.push(...receipts);
    else this.witness.unexpected.push(`${reference} (${channel}) got ${reply ? shown(reply) : 'no answer at all'}`);
  }
}

const shown = ({ status, text }: Reply): string => `${status} ${text.slice(0, 300)}`;

/** One for each payment of the body, in its order; undefined when the answer is none that a sender should get. */
function receiptsIn({ status, text }: Reply, facts: readonly Fact[]): readonly Receipt[] | undefined {
  if (status !== 200 && status !== 201) return undefined;
  const body = bodyOf(text);
  const receipts = (body.payments ?? [body]).flatMap((line, i) => receiptOf(line, facts[i]) ?? []);
  return receipts.length === facts.length ? receipts : undefined;
}

function bodyOf(text: string): Line & { readonly payments?: readonly Line[] } {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return {}; // no receipt, and said whole
  }
}

function receiptOf({ status, payment_id: paymentId, ...line }: Line, fact: Fact | undefined): Receipt | undefined {
  if (!fact || paymentId === undefined || (status !== 'created' && status !== 'duplicate')) return undefined;
  if ((line.reference_number ?? fact.reference) !== fact.reference) return undefined;
  return { reference: fact.reference, said: status, paymentId };
}
