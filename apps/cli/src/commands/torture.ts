import { randomInt } from 'node:crypto';
import { exitCodes } from '@ferry/wiring';
import { InvalidArgumentError, type Command } from 'commander';
import { faultOf, faults, faultsOf, isFaultName, type FaultName, type Mode } from '../torture/faults/catalogue.js';
import { BASE_MINUTES, defaultPayments, defaultRecorded, type TortureOptions } from '../torture/options.js';

export interface TortureArguments {
  readonly minutes?: number;
  readonly seed?: number;
  readonly payments?: number;
  readonly recorded?: number;
  readonly faults?: readonly FaultName[];
  readonly embedded?: boolean;
}

const SEED_MAX = 2 ** 32 - 1;
const MINUTES_MAX = 24 * 60;

export function minutes(text: string): number {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (number < 0.1 || number > MINUTES_MAX)
    throw new InvalidArgumentError(`must be a number from 0.1 to ${MINUTES_MAX}`);
  return number;
}

export function seed(text: string): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Infinity;
  if (number > SEED_MAX) throw new InvalidArgumentError(`must be a whole number from 0 to ${SEED_MAX}`);
  return number;
}

export function faultNames(text: string): readonly FaultName[] {
  const names = [...new Set(text.split(','))];
  const unknown = names.find((name) => !isFaultName(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`there is no fault "${unknown}"; --help names them`);
  return names as FaultName[];
}

const modeOf = ({ embedded }: TortureArguments): Mode => (embedded ? 'embedded' : 'cluster');

/** A fault that was asked for and that there is not in this mode. */
const impossible = (given: TortureArguments): FaultName | undefined =>
  given.faults?.find((name) => !faultsOf(modeOf(given)).includes(name));

/** Whatever was not said is chosen here, so that the same can be run again. */
export function optionsOf(given: TortureArguments): TortureOptions {
  const mode = modeOf(given);
  const lasts = given.minutes ?? BASE_MINUTES;
  const payments = given.payments ?? defaultPayments(mode, lasts);
  return {
    seed: given.seed ?? randomInt(SEED_MAX + 1),
    minutes: lasts,
    payments,
    recorded: given.recorded ?? defaultRecorded(payments),
    faults: given.faults,
    mode,
  };
}

export const tortureHelp = (): string => `
Starts services and processes of its own and leaves nothing of them behind. Nothing of yours is touched, whatever
DATABASE_URL says. Takes some 40 s longer than --minutes.

Faults, and how often they strike in ${BASE_MINUTES} minutes (with processes of their own / with --embedded):
${Object.keys(faults)
  .map((name) => {
    const { strikes, help } = faultOf(name as FaultName);
    return `  ${name.padEnd(19)} ${String(strikes.cluster ?? '-').padStart(2)} / ${String(strikes.embedded ?? '-').padStart(2)}  ${help}`;
  })
  .join('\n')}

Exit codes: 0 all of it held, 1 it could not run, 2 bad arguments, 4 something did not hold; then the logs are kept.`;

/** What it needs beyond the arguments is loaded only now: other commands do without brokers' clients. */
export async function tortureCommand(given: TortureArguments, command: Command): Promise<void> {
  const fault = impossible(given);
  if (fault !== undefined)
    command.error(`error: there is no ${fault} ${given.embedded ? 'with' : 'without'} --embedded`);
  const options = optionsOf(given);
  const [{ runTorture }, { exitOnSignals }] = await Promise.all([
    import('../torture/run-torture.js'),
    import('../torture/stage/workspace.js'),
  ]);
  exitOnSignals(exitCodes.failed);
  try {
    const holds = await runTorture(options, (line) => process.stdout.write(`${line}\n`));
    process.exitCode = holds ? exitCodes.ok : exitCodes.brokenInvariants;
  } catch (error) {
    process.stderr.write(`ferry: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = exitCodes.failed;
  }
  process.stdout.write('', () => process.exit());
}
