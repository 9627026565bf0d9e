import { Digits, holdsCardNumber, mayHoldCardNumber, readJson, sha256, utf8Text, type Uuid } from '@ferry/kernel';
import type { TenantId } from '../recorded-payment.js';
import { readForm } from './form-body.js';
import type { WebhookFault } from './read-webhook.js';

/** A body whose signature was genuine and of which something could not be recorded: kept, so that it can be once the channel is mended. */
export interface Rejection {
  readonly tenantId: TenantId;
  readonly id: Uuid;
  readonly channel: string;
  /** Of the definition by which it was read; 0 for that of nobody. */
  readonly channelVersion: number;
  readonly businessUnitId: string;
  readonly receivedAt: Date;
  /** `faults`, or why nothing could be read at all. */
  readonly reason: string;
  readonly faults: readonly WebhookFault[];
  readonly contentType: string;
  /** Undefined: withheld, because it holds what must not be kept. */
  readonly body?: string | undefined;
  /** Tells whether the same body comes again: who is refused mostly repeats it. */
  readonly bodyHash: string;
}

/** Faults that are kept with a body; nobody reads more. */
export const FAULTS_KEPT_MAX = 50;
const CONTENT_TYPE_LENGTH_MAX = 100;

/** A field is named as the body names it, and a name may be the number of a card. */
export const keptFault = (fault: WebhookFault): WebhookFault =>
  [fault.field, fault.pointer ?? ''].some(holdsCardNumber)
    ? { field: 'body', rule: fault.rule, detail: fault.detail }
    : fault;

/** What is kept of a body: its text, unless a card number stands in it, or it is no text that can be stored. */
export function keptBody(bytes: Uint8Array, contentType: string): Pick<Rejection, 'body' | 'bodyHash' | 'contentType'> {
  const text = utf8Text(bytes);
  const isKept = text !== undefined && !text.includes('\0') && !holdsOne(text);
  return {
    body: isKept ? text : undefined,
    bodyHash: sha256(Buffer.from(bytes).toString('base64')),
    contentType: contentType.slice(0, CONTENT_TYPE_LENGTH_MAX),
  };
}

/** Also where the digits are written as escapes of JSON or of a form. */
function holdsOne(text: string): boolean {
  if (!mayHoldCardNumber(text) && !/[\\%+]/.test(text)) return false;
  const spellings = [
    text,
    text.replaceAll(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
  ];
  const [json, form] = [readJson(text), readForm(text)];
  return [
    ...spellings,
    ...('value' in json ? textsIn(json.value) : []),
    ...('value' in form ? textsIn(form.value) : []),
  ].some(holdsCardNumber);
}

function* textsIn(value: unknown): Iterable<string> {
  if (typeof value === 'string') yield value;
  else if (value instanceof Digits) yield value.text;
  else if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value)) {
      yield name;
      yield* textsIn(inner);
    }
}
