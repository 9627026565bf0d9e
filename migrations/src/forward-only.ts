import type { MigrationInterface, QueryRunner } from 'typeorm';
import { run } from './statements.js';

/** Migrations go forward only: what went wrong is mended by the next one. */
export abstract class ForwardOnly implements MigrationInterface {
  abstract readonly name: string;
  protected abstract statements(): readonly string[];

  up(runner: QueryRunner): Promise<void> {
    return run(runner, this.statements());
  }

  down(): Promise<void> {
    return Promise.reject(new Error(`${this.name} cannot be taken back; write a migration that mends it`));
  }
}
