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
