import { exitCodes } from '@ferry/wiring';
import type { Command } from 'commander';
import { runAttack, type AttackOptions } from '../attack/run-attack.js';

async function attackCommand(options: AttackOptions): Promise<void> {
  const { operations, calls, holes } = await runAttack(options);
  for (const hole of holes) process.stdout.write(`HOLE ${hole}\n`);
  process.stdout.write(`${operations} operations, ${calls} calls, ${holes.length} hole(s)\n`);
  process.exitCode = holes.length > 0 ? exitCodes.brokenInvariants : exitCodes.ok;
}

export const addAttackCommand = (program: Command): Command =>
  program
    .command('attack')
    .description(
      'as one tenant, reach for what another one has, by every route of a running API; writes test data of both',
    )
    .requiredOption('--url <url>', 'where the API is')
    .requiredOption('--key-a <key>', 'a key of the tenant to be attacked, with all scopes of a tenant')
    .requiredOption('--key-b <key>', 'a key of the tenant that attacks, with all scopes of a tenant')
    .action(attackCommand);
