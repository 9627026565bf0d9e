import type { Clock } from '@ferry/kernel';

/** Time that moves only when the test moves it, also backwards. */
export class ManualClock implements Clock {
  constructor(private time = new Date('2026-02-28T23:59:30.000Z')) {}

  now(): Date {
    return new Date(this.time);
  }

  advance(ms: number): Date {
    this.time = new Date(this.time.getTime() + ms);
    return this.now();
  }
}
