import { isIP } from 'node:net';
import type { Request } from 'express';

const MAPPED = '::ffff:';

/** The client's address, behind proxies that are trusted; in one spelling. Undefined when what a proxy told is none. */
export function addressOf(request: Request): string | undefined {
  const { ip = '' } = request;
  const address = ip.startsWith(MAPPED) && ip.includes('.') ? ip.slice(MAPPED.length) : ip;
  return isIP(address) > 0 ? address : undefined;
}
