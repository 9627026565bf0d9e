export interface KafkaOptions {
  /** `host:port` of one or more brokers; the others are learned from them. */
  readonly brokers: readonly string[];
  /** Names this process in the broker's logs and quotas. */
  readonly clientId: string;
  /** `ca`: PEM of the authorities that are trusted instead of the public ones. */
  readonly tls?: boolean | { readonly ca: string } | undefined;
  readonly sasl?:
    | {
        readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
        readonly username: string;
        readonly password: string;
      }
    | undefined;
  /** How topics are made that do not exist yet. Topics that exist are left as they are. */
  readonly topics: TopicLayout;
  /** CloudEvents `source`: a URI reference that names this installation. Default `/ferry`. */
  readonly source?: string | undefined;
  /** A publish that is not confirmed after this time rejects. Default `defaultDeadlineMs`. */
  readonly deadlineMs?: number | undefined;
  /** Default `defaultSendBytesMax`; must stay below `max.message.bytes` of the topics. */
  readonly sendBytesMax?: number | undefined;
}

export interface TopicLayout {
  /** Choose enough from the start: changing the number later moves keys to other partitions and breaks their order once. */
  readonly partitions: number;
  readonly replicationFactor: number;
}

/**
 * Above a broker's restart (about 4 s on a laptop) and a leader's election, below the lease of a relay (`RelayOptions.leaseMs`
 * must be longer, so that the lease outlives the publish).
 */
export const defaultDeadlineMs = 15_000;

/** From the first byte to a producer id. A frozen broker accepts connections in its kernel and then says nothing. */
export const openDeadlineMs = 10_000;

/** kafkajs's own 1 s is too short for TLS across regions. */
export const connectionTimeoutMs = 5_000;

/** What `close` waits for a polite goodbye to the broker. */
export const goodbyeMs = 1_000;

/** Publish calls in hand at once; the next rejects. Far above what relays have, so only a bug gets there. */
export const waitingMax = 1_000;

/** Between attempts to open a session: soon after a blip, and no storm on a broker that has just come back. */
export const reopenBackoff = { baseMs: 200, maxMs: 10_000 };

/**
 * kafkajs's retries within one send: 0.2 + 0.4 + 0.8 + 1.6 s, enough for a new leader. What takes longer fails the send, and with
 * it the session. Bounded, so that an abandoned send comes to rest by itself.
 */
export const sendRetry = { initialRetryTime: 200, multiplier: 2, retries: 4, maxRetryTime: 2_000 };

/**
 * Records sent at once, and the largest record. kafkajs puts all records of a partition into one batch, and brokers refuse batches
 * above `message.max.bytes` (1,048,588 by default), so even a send whose records share a partition must stay below it.
 */
export const defaultSendBytesMax = 900_000;

/** Of sends that the broker refuses: five steps from 900 kB to one event of ours. Smaller sends than necessary cost little. */
export const shrinkBy = 4;
