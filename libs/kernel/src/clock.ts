/** The only source of "now" in use cases; the domain takes `now: Date` as an argument. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
