import type { StagingStanding, StandingBoard } from '../src/ports/standing-board.js';

export class InMemoryStandingBoard implements StandingBoard {
  private posted: StagingStanding | undefined;

  async post(standing: StagingStanding): Promise<void> {
    this.posted = standing;
  }

  async read(): Promise<StagingStanding | undefined> {
    return this.posted;
  }
}
