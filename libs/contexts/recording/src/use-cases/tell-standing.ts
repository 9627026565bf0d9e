import type { Clock } from '@ferry/kernel';
import type { StagingStanding, StandingBoard } from '../ports/standing-board.js';
import type { StandingCounting } from '../ports/standing-counting.js';

/** How old a count may be before it is counted anew: of several workers one counts, the others read. */
const FRESH_MS = 10_000;
export const STANDING_COUNT_MAX = 100_000;

/** Counts how staging stands, unless somebody just did, and lets all others know. */
export class TellStanding {
  constructor(
    private readonly counting: StandingCounting,
    private readonly board: StandingBoard,
    private readonly clock: Clock,
    private readonly freshMs = FRESH_MS,
  ) {}

  async execute(): Promise<StagingStanding> {
    const now = this.clock.now();
    const posted = await this.board.read();
    // A count of the future is by a clock that was wrong.
    const ageMs = posted ? now.getTime() - posted.countedAt.getTime() : Infinity;
    if (posted && ageMs >= 0 && ageMs < this.freshMs) return posted;
    const standing = await this.counting.count(now, STANDING_COUNT_MAX);
    await this.board.post(standing);
    return standing;
  }
}
