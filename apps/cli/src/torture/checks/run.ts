import type { FaultName, ServiceName } from '../faults/catalogue.js';
import { recoveryLimitsMs, type RecoveryKind } from '../faults/recovery.js';
import type { Witness } from '../load/witness.js';
import { backlogLimitMs, type Backlog } from '../settle.js';
import type { Blow } from '../storm.js';
import { judgeEach, type Verdict } from './verdict.js';

/** How the run went, apart from the payments. */
export interface Run {
  readonly blows: readonly Blow[];
  /** Processes that ended although nobody had killed them. */
  readonly deaths: readonly string[];
  /** Services that a log says were away. */
  readonly saidAway: ReadonlySet<ServiceName>;
  /** From the last strike, or the last payment that was accepted after it, until nothing of each kind was left to do. */
  readonly lastedMs: Backlog;
  readonly left: Backlog;
  readonly verify: { readonly code: number | null; readonly output: string };
}

export function judgeRun(
  witness: Witness,
  { blows, deaths, saidAway, lastedMs, left, verify }: Run,
): readonly Verdict[] {
  const { requests } = witness.counts;
  return [
    {
      name: 'answered',
      meaning: 'every client had an answer in the end, and none that it should never get',
      checked: requests,
      broken: [...witness.unexpected, ...witness.unanswered.map((order) => `order ${order} was never answered`)],
    },
    judgeEach('struck', 'every fault of the plan was carried out', blows, ({ strike, failed }) =>
      failed === undefined ? undefined : `${strike.fault}: ${failed}`,
    ),
    ...(Object.keys(recoveryLimitsMs) as RecoveryKind[]).flatMap((kind) => judgeRecovery(kind, blows)),
    judgeEach(
      'settled',
      `no payment, event, message or row of staging is left to be done within ${backlogLimitMs / 1_000} s`,
      Object.entries(lastedMs),
      ([part, ms]) =>
        ms <= backlogLimitMs ? undefined : `${part} for ${Math.round(ms)} ms, in the end ${JSON.stringify(left)}`,
    ),
    {
      name: 'alive',
      meaning: 'no process ended but by our hand, and those that were asked to end did so well',
      checked: blows.length,
      broken: deaths,
    },
    judgeEach(
      'said',
      'of every service that was away, a log says so',
      [...new Set(blows.flatMap(({ strike }) => outages[strike.fault] ?? []))],
      (service) => (saidAway.has(service) ? undefined : `nobody said that ${service} was away`),
    ),
    {
      name: 'ferry-verify',
      meaning: '`ferry verify` finds that all invariants hold',
      checked: 1,
      broken: verify.code === 0 ? [] : [`it ended with ${String(verify.code)}:\n${verify.output}`],
    },
  ];
}

/** Faults that no process can overlook. */
const outages: Partial<Readonly<Record<FaultName, ServiceName>>> = {
  'postgres-kill': 'postgres',
  'rabbitmq-kill': 'rabbitmq',
  'kafka-away': 'kafka',
  'redis-kill': 'redis',
};

/** Nothing to judge where the service was never away. */
function judgeRecovery(kind: RecoveryKind, blows: readonly Blow[]): readonly Verdict[] {
  const measured = blows.flatMap(({ recoveries = [] }) => recoveries).filter((recovery) => recovery.kind === kind);
  if (measured.length === 0) return [];
  const limitMs = recoveryLimitsMs[kind];
  return [
    judgeEach(
      kind.replaceAll(' ', '-').toLowerCase(),
      `every process is ${kind} within ${limitMs / 1_000} s`,
      measured,
      (one) =>
        one.ms <= limitMs
          ? undefined
          : `${one.who} needed ${one.ms === Infinity ? 'longer than we waited' : `${Math.round(one.ms)} ms`}`,
    ),
  ];
}
