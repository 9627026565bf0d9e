import type { PartitionSpace } from '@ferry/postgres';

/** Of a mean month. */
const MONTH_MS = 30.4375 * 86_400_000;
/** What is made at set-up and kept from then on at least: of this, some is used up when nothing makes months any more. */
const MONTHS_AHEAD = 3;
const GB = 1_000_000_000;

/**
 * How much of the space of partitions is used up, 1 being all of it. `months`: of those made ahead, after which rows land in the default
 * partition. `disk`: of what was set aside for them, if the operator says how much; a database cannot tell how large its disk is.
 */
export function partitionSpaceUsed(
  { bytes, madeUntil }: PartitionSpace,
  now: Date,
  gigabytesMax: number | undefined,
): Readonly<Partial<Record<'months' | 'disk', number>>> {
  const monthsLeft = madeUntil ? (madeUntil.getTime() - now.getTime()) / MONTH_MS : 0;
  return {
    months: Math.min(1, Math.max(0, 1 - monthsLeft / MONTHS_AHEAD)),
    ...(gigabytesMax !== undefined && { disk: bytes / (gigabytesMax * GB) }),
  };
}
