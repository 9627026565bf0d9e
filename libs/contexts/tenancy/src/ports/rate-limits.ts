/** So many in a window of time, counted under one name. */
export interface RateLimit {
  readonly name: string;
  /** What clients know it by. */
  readonly policy: 'key' | 'tenant' | 'payments' | 'channel';
  readonly max: number;
  readonly windowMs: number;
}

export interface Standing {
  readonly limit: RateLimit;
  readonly allowed: boolean;
  /** How many more will be allowed; a little less than the truth where several processes share a limit. */
  readonly remaining: number;
  readonly resetsInMs: number;
}

/** Counts. Never rejects because a service is away: limits save work, and no payment is refused for want of them. */
export interface RateLimits {
  /** Takes one of the limit, if there is one left. */
  take(limit: RateLimit): Promise<Standing>;
}
