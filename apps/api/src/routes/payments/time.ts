import { parseRfc3339 } from '@ferry/kernel';

/** An RFC 3339 date-time that exists. */
export const isTime = (text: string): boolean => parseRfc3339(text) !== undefined;

/** The instant of a text for which `isTime` holds, to the millisecond. */
export const timeOf = (text: string): Date => parseRfc3339(text) as Date;
