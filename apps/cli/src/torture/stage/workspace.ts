import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What is undone at the latest when this process ends, in reverse order; synchronous, because that is all an exit allows. */
const undos: (() => void)[] = [];
process.on('exit', () => {
  for (const undo of undos.splice(0).reverse()) undo();
});

export function atExit(undo: () => void): void {
  undos.push(undo);
}

/** Ctrl-C leaves nothing behind either: exit() runs what stands above, and the services' own. */
export function exitOnSignals(code: number): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      process.stderr.write(`\nferry: interrupted by ${signal}, nothing was proved\n`);
      process.exit(code);
    });
}

/** A directory that goes with this process, unless it is kept. */
export class Workspace {
  private kept = false;
  readonly directory: string;

  constructor(name: string) {
    this.directory = mkdtempSync(join(tmpdir(), `ferry-torture-${name}-`));
    atExit(() => {
      if (!this.kept) rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
    });
  }

  keep(): void {
    this.kept = true;
  }
}
