import type { Role, ServiceName } from '../faults/catalogue.js';
import type { Slot } from './slot.js';

/** A service that can be killed and comes back on the same data and port. */
export interface Killable {
  kill(): Promise<void>;
  /** After an orderly stop where it still runs; resolves when it accepts work. */
  restart(): Promise<void>;
}

export interface Freezable extends Killable {
  /** SIGSTOP for all of it; answers how to let it go on. */
  freeze(): () => void;
}

/** Where the torture takes place: the processes, and the services they stand on. */
export interface Stage {
  readonly slots: readonly Slot[];
  readonly apiUrls: readonly string[];
  readonly here: ReadonlySet<ServiceName>;
  readonly services: Partial<Readonly<Record<ServiceName, Killable>>> & {
    readonly postgres: Freezable;
    readonly redis?: Freezable | undefined;
  };
  readonly rabbitmqUrl?: string | undefined;
  readonly redisUrl?: string | undefined;
  readonly kafkaBrokers?: string | undefined;
  /** Of the administrator, for whom row level security is no hindrance; once the database answers. It may change when that is started anew. */
  adminUrl(): Promise<string>;
  /** Runs `ferry verify`; on the embedded database that means to stop Ferry first, so it comes last. */
  verify(): Promise<{ readonly code: number | null; readonly output: string }>;
  /** Ends every process and service and removes their data. */
  stop(): Promise<void>;
}

export const slotsOf = (stage: Stage, role: Role): readonly Slot[] => stage.slots.filter((slot) => slot.role === role);

/** Processes that can be expected to answer. */
export const awake = (stage: Stage): readonly Slot[] => stage.slots.filter((slot) => !slot.frozen);
