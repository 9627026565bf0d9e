import { isWithin, type Origin } from '@ferry/kernel';
import { GENERIC, undeclaredGeneric, type Channel } from '../domain/channel/channel.js';
import { verifySignature, type SignatureVerdict, type SignedRequest } from '../domain/channel/signature.js';
import type { TenantId } from '../domain/recorded-payment.js';
import type { RecordingTenant } from '../ports/recording-tenants.js';
import type { Door } from './held-doors.js';

/** A webhook as it came. Nothing in it is to be trusted but `caller`. */
export interface Delivery extends SignedRequest {
  /** As whoever sends it says; proven by `caller` or by the signature. */
  readonly tenantId: TenantId;
  readonly channel: string;
  /** Proven by a key of the tenant with the scope for it; undefined: a stranger, until the signature says otherwise. */
  readonly caller?: { readonly businessUnitId?: string | undefined } | undefined;
  readonly contentType: string;
  /** Of the client, as the edge knows it. */
  readonly address: string;
  readonly origin: Origin;
}

/** For the log. A stranger is told one and the same in every case. */
export type Refusal =
  Exclude<SignatureVerdict, 'genuine'> | 'unknown-tenant' | 'unknown-channel' | 'address' | 'key-needed';

export interface Admitted {
  readonly tenant: RecordingTenant;
  readonly channel: Channel;
  /** 0: the generic one, declared by nobody. */
  readonly version: number;
  readonly businessUnitId: string;
}

/** Whether this delivery may come in by this door. The signature is verified in any case: a refusal takes as long for whatever reason. */
export function admitDelivery(door: Door, delivery: Delivery, now: Date): Admitted | { readonly refusal: Refusal } {
  const { caller, address } = delivery;
  const channel = channelFor(door, delivery);
  const verdict = verifySignature((channel ?? undeclaredGeneric).signature, delivery, door.keys, now);
  if (!door.tenant) return { refusal: 'unknown-tenant' };
  if (!channel) return { refusal: 'unknown-channel' };
  if (channel.allowedAddresses.length > 0 && !isWithin(address, channel.allowedAddresses))
    return { refusal: 'address' };
  if (channel.signature.scheme === 'none') {
    if (!caller) return { refusal: 'key-needed' };
  } else if (verdict !== 'genuine') return { refusal: verdict };
  const declared = door.stored?.channel !== undefined;
  const businessUnitId = (declared ? undefined : caller?.businessUnitId) ?? channel.businessUnitId;
  return { tenant: door.tenant, channel, version: declared ? (door.stored?.version ?? 0) : 0, businessUnitId };
}

/** A key of a business unit finds the channels of its unit only. */
function channelFor({ stored }: Door, { caller, channel: name }: Delivery): Channel | undefined {
  const channel = stored?.channel ?? (name === GENERIC && caller ? undeclaredGeneric : undefined);
  const unit = stored?.channel && caller?.businessUnitId;
  return unit === undefined || unit === channel?.businessUnitId ? channel : undefined;
}
