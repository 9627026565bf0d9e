import { stopwatch, type Stopwatch } from '@ferry/kernel';
import type { StagingStanding, StandingBoard } from '@ferry/recording';

/** Whoever asks for the health, and however often: the database is asked once in this time. */
const HOLD_MS = 3_000;

/** How staging stands over all tenants, as it was last known here. */
export class HeldStanding {
  private last: StagingStanding | undefined;
  private age: Stopwatch | undefined;

  constructor(
    private readonly board: Pick<StandingBoard, 'read'>,
    private readonly holdMs = HOLD_MS,
  ) {}

  /** Never rejects: a figure that cannot be read makes no process unhealthy, and its age is told with it. */
  async read(): Promise<StagingStanding | undefined> {
    if (this.age !== undefined && this.age() <= this.holdMs) return this.last;
    this.age = stopwatch();
    this.last = (await this.board.read().catch(() => undefined)) ?? this.last;
    return this.last;
  }
}
