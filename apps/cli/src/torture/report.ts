import { arch, cpus, platform } from 'node:os';
import { duplicatesAmong } from './checks/events.js';
import type { Run } from './checks/run.js';
import type { Verdict } from './checks/verdict.js';
import type { RecordedEvidence } from './evidence-of-recording.js';
import type { Evidence } from './evidence.js';
import { faultOf, type ServiceName } from './faults/catalogue.js';
import { recoveryLimitsMs, type RecoveryKind } from './faults/recovery.js';
import type { Told } from './load/telling/told.js';
import type { Witness } from './load/witness.js';
import { parts } from './settle.js';
import { seconds } from './faults/struck.js';
import { sameAgain, type TortureOptions } from './options.js';
import type { Plan } from './plan.js';
import type { Blow } from './storm.js';

const EXAMPLES_MAX = 5;

export function heading(options: TortureOptions, here: ReadonlySet<ServiceName>, { leftOut, lanes }: Plan): string[] {
  const strikes = [...lanes.values()].flat().length;
  return [
    `ferry torture, seed ${options.seed}: ${options.payments} payments, ${options.recorded} told of and ${strikes} strikes in ${options.minutes} min`,
    `the same again: ${sameAgain(options)}`,
    `node ${process.version}, ${cpus().length} x ${cpus()[0]?.model.trim()}, ${platform()} ${arch()}`,
    options.mode === 'embedded'
      ? `embedded: one process, its own PostgreSQL, queue and events in process; events are checked by history and outbox`
      : `on ${[...here].join(', ')}`,
    ...(options.mode === 'cluster' ? notTried(here, leftOut) : []),
    '',
  ];
}

/** Said before and after the run: what was not tried must not pass for proved. */
export function notTried(here: ReadonlySet<ServiceName>, leftOut: Plan['leftOut']): string[] {
  const missing = (['rabbitmq', 'kafka', 'redis'] as const).filter((name) => !here.has(name));
  if (missing.length === 0) return [];
  return [`NOT ON THIS MACHINE: ${missing.join(', ')}. NOT TRIED: ${leftOut.join(', ') || 'no fault of the plan'}`];
}

/** Said as it happens. */
export function lineOf({ strike, atMs, what, recoveries = [] }: Blow): string {
  const slowest = Math.max(...recoveries.map(({ ms }) => ms));
  const recovered = recoveries.length > 0 ? `; ${recoveries[0]?.kind} in ${seconds(slowest)}` : '';
  return `${seconds(atMs).padStart(8)}  ${strike.fault.padEnd(19)} ${what}${recovered}`;
}

/** The figures of a run. */
export function figures(blows: readonly Blow[], witness: Witness, told: Told, evidence: Evidence, run: Run): string[] {
  const { counts, acknowledgements, orders } = witness;
  const said = (word: string): number => acknowledgements.filter((one) => one.said === word).length;
  const accepted = new Set(acknowledgements.map(({ paymentId }) => paymentId)).size;
  const statuses = Map.groupBy(evidence.payments, ({ status }) => status);
  const killed = blows.filter(({ strike }) => strike.fault.endsWith('-kill') && faultOf(strike.fault).victims).length;
  return [
    '',
    `strikes   ${tally(blows.map(({ strike }) => strike.fault))}`,
    `          ${killed} processes of Ferry killed`,
    ...(Object.keys(recoveryLimitsMs) as RecoveryKind[]).flatMap((kind) => recoveryLine(kind, blows)),
    `clients   ${orders.size} orders, ${counts.requests} requests: ${counts.broken} broken, ${counts.unavailable} answered 503`,
    `          ${accepted} payments accepted: ${said('created')} created, ${said('replayed')} replays, ${said('duplicate')} duplicate references, ${said('cancelled')} cancelled`,
    `payments  ${evidence.payments.length}: ${[...statuses].map(([status, rows]) => `${rows.length} ${status}`).join(', ')}`,
    ...recordingLines(told, evidence.recording),
    evidence.events === undefined
      ? `events    no Kafka: ${evidence.history.length} by history, ${evidence.waitingEvents} in the outbox`
      : `events    ${evidence.events.length} in Kafka, ${duplicatesAmong(evidence.events)} of them duplicates; ${evidence.waitingEvents} in the outbox`,
    `backlog   ${parts.map((part) => `${run.left[part]} ${part} after ${seconds(run.lastedMs[part])}`).join(', ')}`,
    '',
  ];
}

function recordingLines(
  { receipts, facts }: Told,
  { payments, rows, batches, batchesFailed }: RecordedEvidence,
): string[] {
  const by = (source: string): number => payments.filter((payment) => payment.source === source).length;
  const said = (word: string): number => receipts.filter((receipt) => receipt.said === word).length;
  const sum = (part: 'total' | 'processed' | 'duplicates' | 'errors'): number =>
    batches.reduce((all, batch) => all + batch[part], 0);
  return [
    `told      ${facts.size} by webhooks and staging: ${payments.length} recorded, ${by('webhook')} by webhook, ${by('staging')} by staging`,
    `webhooks  ${receipts.length} payments answered: ${said('created')} created, ${said('duplicate')} duplicates`,
    `staging   ${rows.length} rows, ${rows.filter(({ bad }) => bad).length} of them bad; ${batches.length} batches: ${sum('processed')} processed + ${sum('duplicates')} duplicate + ${sum('errors')} error = ${sum('total')}, of which ${batches.filter(({ retry }) => retry).reduce((all, { total }) => all + total, 0)} read again; ${batchesFailed} batches failed and were done again`,
  ];
}

function recoveryLine(kind: RecoveryKind, blows: readonly Blow[]): string[] {
  const ms = blows.flatMap(({ recoveries = [] }) => recoveries.filter((one) => one.kind === kind).map((one) => one.ms));
  return ms.length === 0 ? [] : [`          ${ms.length} times ${kind}, at most after ${seconds(Math.max(...ms))}`];
}

const tally = (names: readonly string[]): string =>
  [...Map.groupBy(names, (name) => name)]
    .map(([name, group]) => `${group.length} ${name}`)
    .sort()
    .join(', ');

/** What is broken comes last, where a log that was cut still has it. */
export function verdictLines(verdicts: readonly Verdict[]): string[] {
  const broken = verdicts.filter((verdict) => verdict.broken.length > 0);
  return [
    ...verdicts
      .toSorted((one, other) => Math.sign(one.broken.length) - Math.sign(other.broken.length))
      .flatMap(({ name, meaning, checked, broken: faults }) => [
        `${faults.length === 0 ? 'holds ' : 'BROKEN'}  ${name.padEnd(27)} ${meaning} (${faults.length > 0 ? `${faults.length} of ` : ''}${checked} checked)`,
        ...faults.slice(0, EXAMPLES_MAX).map((fault) => `          ${fault}`),
      ]),
    '',
    broken.length === 0 ? 'all of it holds' : `${broken.length} of ${verdicts.length} do not hold`,
  ];
}
