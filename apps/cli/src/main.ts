#!/usr/bin/env node
import 'reflect-metadata';
import { version } from '@ferry/kernel';
import { exitCodes } from '@ferry/wiring';
import { Command, InvalidArgumentError } from 'commander';
import { addAttackCommand } from './commands/attack.js';
import { addAuditCommands } from './commands/audit.js';
import { benchCommand, benchHelp } from './commands/bench.js';
import { addConfigCommands } from './commands/config.js';
import { addJobCommands } from './commands/jobs.js';
import { addKeyCommands } from './commands/keys.js';
import { migrateCommand } from './commands/migrate.js';
import { addRecordingCommands } from './commands/recording.js';
import { replayCommand } from './commands/replay.js';
import { addSecretCommands } from './commands/secrets.js';
import { addStagingCommands } from './commands/staging.js';
import { addTenantCommands } from './commands/tenants.js';
import { faultNames, minutes, seed, tortureCommand, tortureHelp } from './commands/torture.js';
import { addUsageCommand } from './commands/usage.js';
import { addUserCommands } from './commands/users.js';
import { verifyCommand } from './commands/verify.js';

const positive = (text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('must be a whole number from 1 to 999999999');
  return Number(text);
};

const program = new Command('ferry')
  .description('Ferry, a payments engine: money goes across once.')
  .version(version)
  .showHelpAfterError()
  // Before the commands are made, so that they inherit it: wrong arguments are wrong settings.
  .exitOverride((error) => process.exit(error.exitCode === 0 ? exitCodes.ok : exitCodes.badSettings))
  .addHelpText(
    'after',
    `
Settings come from the environment; README.md has the table. Without DATABASE_URL every command uses the embedded
PostgreSQL whose data is in FERRY_DATA_DIR (.ferry).

Exit codes: 0 done, 1 failed, 2 bad settings or arguments, 3 the schema is not the one this program knows,
4 verify or torture found a broken invariant.`,
  );

program
  .command('start')
  .description(
    'API, worker, sweeper and relay in this one process, on an embedded PostgreSQL unless DATABASE_URL is set',
  )
  // With it comes the API, which no other command needs.
  .action(async () => (await import('./commands/start.js')).startCommand());

program
  .command('migrate')
  .description('bring the database schema up to date; safe to run twice and from many places at once')
  .addHelpText(
    'after',
    '\nReads MIGRATION_DATABASE_URL (an administrator), FERRY_APP_PASSWORD and FERRY_SWEEPER_PASSWORD.',
  )
  .action(migrateCommand);

program
  .command('verify')
  .description('check the invariants of whatever is in the database and print them')
  .option('--json', 'print the results as JSON')
  .action(verifyCommand);

program
  .command('replay')
  .description('make parked payments due again and put dead letters back into the queue')
  .option('--dry-run', 'only show what would be replayed')
  .option('--max <count>', 'replay at most so many', positive, 100_000)
  .action(replayCommand);

addTenantCommands(program);
addKeyCommands(program);
addUserCommands(program);
addConfigCommands(program);
addSecretCommands(program);
addAuditCommands(program);
addUsageCommand(program);
addJobCommands(program);
addRecordingCommands(program);
addStagingCommands(program);
addAttackCommand(program);

program
  .command('torture')
  .description(
    'kill and starve real processes and services under load, then check that no payment was lost or done twice',
  )
  .option('--minutes <number>', 'how long it lasts', minutes)
  .option('--seed <number>', 'choose the same faults and payments again', seed)
  .option('--payments <count>', 'how many payments clients order', positive)
  .option('--recorded <count>', 'of how many payments webhooks and an ETL tell; half as many when not said', positive)
  .option('--faults <names>', 'only these, separated by commas', faultNames)
  .option('--embedded', 'the one process of `ferry start` instead of a cluster')
  .addHelpText('after', tortureHelp)
  .action(tortureCommand);

program
  .command('bench')
  .description('measure Ferry on this machine beside baselines; the same as `npm run bench`')
  .argument('[case...]', 'only these')
  .addHelpText('after', benchHelp)
  .action(benchCommand);

await program.parseAsync();
