import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from '@ferry/kernel';
import { replayKeys } from './audit.js';
import { judgeAcknowledged } from './checks/acknowledged.js';
import { judgeEvents } from './checks/events.js';
import { judgePayments } from './checks/payments.js';
import { judgeRun, type Run } from './checks/run.js';
import type { Verdict } from './checks/verdict.js';
import { gatherEvidence } from './evidence.js';
import { Client } from './load/client.js';
import { HttpClient } from './load/http-client.js';
import { orderOf } from './load/orders.js';
import { runLoad } from './load/run-load.js';
import { Witness } from './load/witness.js';
import type { TortureOptions } from './options.js';
import { planStrikes, type Plan } from './plan.js';
import { figures, heading, lineOf, verdictLines } from './report.js';
import { untilSettled } from './settle.js';
import { startCluster } from './stage/cluster.js';
import { startEmbedded } from './stage/embedded.js';
import type { Stage } from './stage/stage.js';
import { Workspace } from './stage/workspace.js';
import { storm, type Blow } from './storm.js';

/** Enough that many requests share a transaction, and that a few slow ones hold nobody up. */
const CLIENTS = 96;
/** Orders are begun in so much of the time, so that the last faults meet payments and not an empty house. */
const LOAD_SHARE = 0.95;
/** After the storm, for clients that have no answer yet. */
const GIVE_UP_AFTER_MS = 60_000;

/** Runs it all. True when everything held; otherwise the logs are kept. */
export async function runTorture(options: TortureOptions, print: (line: string) => void): Promise<boolean> {
  const workspace = new Workspace('logs');
  try {
    const logDirectory = join(workspace.directory, 'logs');
    mkdirSync(logDirectory);
    const stage = await (options.mode === 'embedded' ? startEmbedded : startCluster)(logDirectory);
    const verdicts = await onStage(stage, options, print);
    await stage.stop();
    const holds = verdicts.every(({ broken }) => broken.length === 0);
    if (holds) return true;
  } catch (error) {
    print(`the logs are in ${keep(workspace)}`);
    throw error;
  }
  print(`the logs are in ${keep(workspace)}`);
  return false;
}

function keep(workspace: Workspace): string {
  workspace.keep();
  return workspace.directory;
}

async function onStage(
  stage: Stage,
  options: TortureOptions,
  print: (line: string) => void,
): Promise<readonly Verdict[]> {
  const plan = planStrikes(options, stage.here);
  for (const line of heading(options, stage.here, plan)) print(line);
  const witness = new Witness();
  const http = new HttpClient(stage.apiUrls, CLIENTS);
  const giveUp = new AbortController();
  const client = new Client(http, witness, giveUp.signal);
  const blows = await underLoad(stage, options, plan, client, giveUp, (blow) => print(lineOf(blow)));
  const busyUntil = Math.max(performance.now(), ...blows.map(({ endedAt }) => endedAt));
  const { at, left } = await untilSettled(stage);
  await replayKeys(new Client(http, witness, AbortSignal.timeout(GIVE_UP_AFTER_MS)), witness, CLIENTS);
  http.close();
  const evidence = await gatherEvidence(stage);
  const deaths = stage.slots.flatMap((slot) => slot.deaths);
  const run: Run = { blows, deaths, settledMs: Math.max(0, at - busyUntil), left, verify: await stage.verify() };
  for (const line of figures(blows, witness, evidence, run)) print(line);
  const verdicts = [
    ...judgeAcknowledged(witness, evidence),
    ...judgePayments(witness, evidence),
    ...judgeEvents(evidence),
    ...judgeRun(witness, run),
  ];
  for (const line of verdictLines(verdicts)) print(line);
  return verdicts;
}

async function underLoad(
  stage: Stage,
  { seed, minutes, payments }: TortureOptions,
  plan: Plan,
  client: Client,
  giveUp: AbortController,
  told: (blow: Blow) => void,
): Promise<readonly Blow[]> {
  const spacingMs = (minutes * 60_000 * LOAD_SHARE) / payments;
  const load = runLoad({ count: payments, clients: CLIENTS, spacingMs }, (index) =>
    client.carryOut(orderOf(seed, index)),
  );
  const blows = await storm(plan, stage, told);
  const late = new AbortController();
  void sleep(GIVE_UP_AFTER_MS, late.signal).then(() => giveUp.abort());
  await load;
  late.abort();
  return blows;
}
