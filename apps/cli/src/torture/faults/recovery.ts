import type { Health, Slot } from '../stage/slot.js';
import { awake, type Stage } from '../stage/stage.js';

/** F3 and F8 of the reliability tests. */
export const recoveryLimitsMs = { 'ready after PostgreSQL': 5_000, 'connected to RabbitMQ again': 10_000 } as const;
export type RecoveryKind = keyof typeof recoveryLimitsMs;

/** How long a process needed, once a service was back, to be what it was before. */
export interface Recovery {
  readonly kind: RecoveryKind;
  readonly who: string;
  readonly ms: number;
}

const isReady = ({ status }: Health): boolean => status === 'ok' || status === 'degraded';
const hasRabbitMq = ({ checks }: Health): boolean => checks?.['rabbitmq']?.status === 'ok';

export const untilReady = (stage: Stage): Promise<readonly Recovery[]> =>
  recoveries(awake(stage), 'ready after PostgreSQL', isReady);

export const untilReconnected = (stage: Stage): Promise<readonly Recovery[]> =>
  recoveries(awake(stage), 'connected to RabbitMQ again', hasRabbitMq);

/** How long one that is young may take to answer anything. */
const ALIVE_TIMEOUT_MS = 30_000;

/**
 * Of the processes that live through it: one that is killed or frozen meanwhile says nothing about recovery. For one that has just been
 * started or thawed it begins with its first answer, whatever that is: how long the machine took to run it is no matter of the service.
 */
async function recoveries(
  slots: readonly Slot[],
  kind: RecoveryKind,
  wanted: (health: Health) => boolean,
): Promise<readonly Recovery[]> {
  const recovered = async (slot: Slot): Promise<number | undefined> => {
    if (slot.isYoung && (await slot.until(() => true, ALIVE_TIMEOUT_MS)) === undefined) return undefined;
    return slot.until(wanted, 2 * recoveryLimitsMs[kind]);
  };
  const measured = await Promise.all(slots.map(async (slot) => ({ kind, who: slot.name, ms: await recovered(slot) })));
  return measured.filter((recovery): recovery is Recovery => recovery.ms !== undefined);
}
