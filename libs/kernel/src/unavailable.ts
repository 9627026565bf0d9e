/** A backing service cannot be reached or does not answer in time. What was asked may be asked again later. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';

  constructor(
    /** E.g. `postgres`, `rabbitmq`. */
    readonly service: string,
    options?: { cause?: unknown },
  ) {
    super(`${service} is unavailable`, options);
  }
}

/** What an adapter knows of the service behind it, for `/health` and logs. */
export interface ServiceState {
  readonly connected: boolean;
  /** Since when it is so. */
  readonly since: Date;
  /** Why it is not connected; without credentials. */
  readonly lastError?: string | undefined;
}
