import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { exitCodes } from '@ferry/wiring';

/** Beside apps/ in a checkout; the same depth from src and from dist. Images and packages do not have it. */
const program = fileURLToPath(new URL('../../../../bench/bench.mjs', import.meta.url));
const missing = 'bench/ is not here: ferry bench is a tool for a checkout of Ferry';

/** What bench says of itself: cases and variables stand in one place only. */
export function benchHelp(): string {
  if (!existsSync(program)) return `\n${missing}.`;
  return `\n${spawnSync(process.execPath, [program, '--help'], { encoding: 'utf8' }).stdout.trimEnd()}`;
}

/** `npm run bench` by another name: its output, its exit code. */
export function benchCommand(names: readonly string[]): void {
  if (!existsSync(program)) {
    process.stderr.write(`ferry: ${missing}\n`);
    process.exit(exitCodes.failed);
  }
  const bench = spawn(process.execPath, [program, ...names], { stdio: 'inherit' });
  // A terminal's Ctrl-C reaches it as well; what only we are told, we pass on. It cleans up, then we end.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => bench.kill('SIGTERM'));
  bench.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
}
