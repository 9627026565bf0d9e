import { once } from 'node:events';
import { spawnNode } from './children.js';
import { cleanEnvironment } from './settings.js';
import { ferryProgram } from './slot.js';

/** A command of Ferry that ends by itself. */
export async function runFerry(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawnNode([ferryProgram, ...args], {
    env: cleanEnvironment(settings),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}
