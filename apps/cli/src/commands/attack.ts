import { exitCodes } from '@ferry/wiring';
import { Option, type Command } from 'commander';
import { runAttack, type AttackOptions, type AttackReport } from '../attack/run-attack.js';
import { runTool } from '../run-tool.js';
import { toolSettings } from '../settings.js';

const attackCommand = ({ json, ...options }: AttackOptions & { readonly json?: boolean }): Promise<void> =>
  runTool(toolSettings, async (_settings, { print, exitWith }) => {
    const report = await runAttack(options);
    for (const line of json ? [JSON.stringify(report)] : linesOf(report)) print(line);
    if (report.holes.length > 0) exitWith(exitCodes.brokenInvariants);
  });

function* linesOf({
  operations,
  calls,
  belongings,
  holes,
  timings,
  closed,
  database,
}: AttackReport): Generator<string> {
  for (const hole of holes) yield `HOLE ${hole}`;
  for (const { operation, theirsMs, nobodysMs, longer } of timings)
    yield `${operation}: ${theirsMs.toFixed(2)} ms for the victim's, ${nobodysMs.toFixed(2)} ms for nobody's, longer in ${Math.round(longer * 100)} % of all pairs`;
  if (database)
    yield `${database.relations} tables and views, ${database.statements} statements; without tenants: ${database.untenanted.join(', ')}`;
  if (closed.length > 0) yield `the whole tenant's, closed to units: ${closed.join(', ')}`;
  yield `${operations} operations, ${calls} calls with ${belongings} kinds of things: ${holes.length} hole(s)`;
}

/** Keys are seen by everybody who can list processes, so they may come from the environment. */
const key = (flags: string, description: string, variable: string): Option =>
  new Option(flags, description).env(variable).makeOptionMandatory();

export const addAttackCommand = (program: Command): Command =>
  program
    .command('attack')
    .description(
      'as one tenant or business unit, reach for what another one has, by every route of a running API and every table',
    )
    .requiredOption('--url <url>', 'where the API is')
    .addOption(key('--key-a <key>', 'of the tenant to be attacked, with all scopes of a tenant', 'ATTACK_KEY_A'))
    .addOption(key('--key-b <key>', 'of the tenant that attacks, with all scopes of a tenant', 'ATTACK_KEY_B'))
    .option('--units', 'the keys are of one tenant, each of a business unit of its own')
    .option('--database-url <url>', "the apps' login: attack the tables and views too; nothing is committed")
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      '\nMakes things of both tenants: take two that were made for this (ferry tenants create) and that nobody else uses.',
    )
    .action(attackCommand);
