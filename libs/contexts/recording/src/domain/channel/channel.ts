import type { Currency } from '@ferry/kernel';
import type { Pointer } from './json-pointer.js';
import type { Signature } from './signature.js';
import type { TimeFormat } from './time-format.js';

export const bodyFormats = ['json', 'form'] as const;
export type BodyFormat = (typeof bodyFormats)[number];

export const amountUnits = ['major', 'minor'] as const;

/** Where a value comes from: a place in the body (of one payment, if it has many), or the definition itself. */
export type ValueSource = { readonly pointer: Pointer } | { readonly constant: string };

/** Metadata: the object at a place of the body, or one made of several values. */
export type MetadataSource =
  { readonly pointer: Pointer } | { readonly members: Readonly<Record<string, ValueSource>> };

/** Where each field of a recorded payment comes from. */
export interface ChannelFields {
  readonly referenceNumber: ValueSource;
  readonly loanAccountNumber: ValueSource;
  readonly cif: ValueSource;
  readonly amount: ValueSource & { readonly unit: (typeof amountUnits)[number] };
  readonly paymentDate: ValueSource & { readonly format: TimeFormat; readonly timeZone?: string | undefined };
  readonly currency?: ValueSource | undefined;
  /** The name of the channel when absent. */
  readonly paymentChannel?: ValueSource | undefined;
  readonly metadata?: MetadataSource | undefined;
}

/** A way by which one outside system tells a tenant of payments: how its bodies are read, and what proves that they are its own. */
export interface Channel {
  readonly format: BodyFormat;
  /** Where the payments stand in a body with many. */
  readonly payments?: Pointer | undefined;
  /** Absent: the body is that of the generic endpoint. */
  readonly fields?: ChannelFields | undefined;
  readonly signature: Signature;
  /** Addresses and CIDR ranges; any when empty. */
  readonly allowedAddresses: readonly string[];
  readonly requestsPerMinute?: number | undefined;
  /** Of payments whose body names none. */
  readonly currency?: Currency | undefined;
  readonly businessUnitId: string;
}

/** The channel of the endpoint without a channel's name. Its bodies have one shape, whatever a tenant declares. */
export const GENERIC = 'generic';

/** The unit that every tenant has. */
export const DEFAULT_UNIT = 'default';

/** Fits behind `webhook/` into the name of a secret. */
export const CHANNEL_NAME = /^[a-z][a-z0-9-]{0,39}$/;
export const isChannelName = (name: string): boolean => CHANNEL_NAME.test(name);

/** What holds for the generic endpoint until a tenant declares something else: whoever comes must have proven themselves by a key. */
export const undeclaredGeneric: Channel = {
  format: 'json',
  signature: { scheme: 'none' },
  allowedAddresses: [],
  businessUnitId: DEFAULT_UNIT,
};
