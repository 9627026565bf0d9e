import { systemClock } from '@ferry/kernel';
import { replayKeys } from './audit.js';
import { judgeAcknowledged } from './checks/acknowledged.js';
import { judgeEvents } from './checks/events.js';
import { judgePayments } from './checks/payments.js';
import { judgeRun, type Run } from './checks/run.js';
import type { Verdict } from './checks/verdict.js';
import { gatherEvidence } from './evidence.js';
import { judgeRecorded } from './checks/recorded.js';
import { judgeStaged } from './checks/staged.js';
import { Client } from './load/client.js';
import { HttpClient } from './load/http-client.js';
import { orderOf } from './load/orders.js';
import { runLoad } from './load/run-load.js';
import { Etl } from './load/telling/etl.js';
import { factOf, type Fact } from './load/telling/facts.js';
import { Sender } from './load/telling/sender.js';
import { tellFacts } from './load/telling/tell-facts.js';
import { Told } from './load/telling/told.js';
import { Witness } from './load/witness.js';
import { CannotRun, type TortureOptions } from './options.js';
import { planStrikes } from './plan.js';
import { figures, heading, lineOf, notTried, verdictLines } from './report.js';
import { saidToBeAway } from './said.js';
import { untilSettled } from './settle.js';
import { startCluster } from './stage/cluster.js';
import { startEmbedded } from './stage/embedded.js';
import { prepareRecording } from './stage/prepare.js';
import type { Stage } from './stage/stage.js';
import { Workspace } from './stage/workspace.js';
import { storm } from './storm.js';

/** Enough that many requests share a transaction, and that a few slow ones hold nobody up. */
const CLIENTS = 96;
/** Of webhooks, at once. */
const SENDERS = 32;
/** Orders are begun in so much of the time, so that the last faults meet payments and not an empty house. */
const LOAD_SHARE = 0.95;

/** Runs it all. True when everything held; otherwise the logs are kept. */
export async function runTorture(options: TortureOptions, print: (line: string) => void): Promise<boolean> {
  const logs = new Workspace('logs');
  let holds = false;
  try {
    const stage = await (options.mode === 'embedded' ? startEmbedded : startCluster)(logs.directory);
    const verdicts = await onStage(stage, logs.directory, options, print);
    await stage.stop();
    holds = verdicts.every(({ broken }) => broken.length === 0);
    return holds;
  } finally {
    if (!holds) {
      logs.keep();
      print(`the logs are in ${logs.directory}`);
    }
  }
}

async function onStage(
  stage: Stage,
  logDirectory: string,
  options: TortureOptions,
  print: (line: string) => void,
): Promise<readonly Verdict[]> {
  const plan = planStrikes(options, stage.here);
  if (plan.lanes.size === 0) throw new CannotRun(`none of these faults can be tried here: ${plan.leftOut.join(', ')}`);
  for (const line of heading(options, stage.here, plan)) print(line);
  const [witness, told] = [new Witness(), new Told()];
  const http = new HttpClient(stage.apiUrls, CLIENTS + SENDERS);
  const client = new Client(http, witness);
  await prepareRecording(stage);
  const load = [pay(options, client), tell(stage, options, { client, witness, told })];
  const blows = await storm(plan, stage, (blow) => print(lineOf(blow)));
  await Promise.all(load);
  const { lastedMs, left } = await untilSettled(stage);
  await replayKeys(client, witness, CLIENTS);
  http.close();
  const evidence = await gatherEvidence(stage);
  const verify = await stage.verify();
  const run: Run = {
    blows,
    deaths: stage.slots.flatMap(({ deaths }) => deaths),
    saidAway: saidToBeAway(logDirectory),
    lastedMs,
    left,
    verify,
  };
  for (const line of figures(blows, witness, told, evidence, run)) print(line);
  const verdicts = [
    ...judgeAcknowledged(witness, evidence),
    ...judgePayments(witness, evidence),
    ...judgeEvents(evidence),
    ...judgeRecorded(told, evidence),
    ...judgeStaged(told, evidence),
    ...judgeRun(witness, run),
  ];
  for (const line of verdictLines(verdicts)) print(line);
  if (options.mode === 'cluster') for (const line of notTried(stage.here, plan.leftOut)) print(line);
  return verdicts;
}

const spacingMs = (minutes: number, count: number): number => (minutes * 60_000 * LOAD_SHARE) / count;

function pay({ seed, minutes, payments }: TortureOptions, client: Client): Promise<void> {
  return runLoad({ count: payments, clients: CLIENTS, spacingMs: spacingMs(minutes, payments) }, (index) =>
    client.carryOut(orderOf(seed, index)),
  );
}

interface Tellers {
  readonly client: Client;
  readonly witness: Witness;
  readonly told: Told;
}

function tell(stage: Stage, { seed, minutes, recorded }: TortureOptions, { client, witness, told }: Tellers) {
  const day = new Date(systemClock.now().setUTCHours(0, 0, 0, 0));
  const factAt = (index: number): Fact => factOf(seed, index, day);
  const telling = { seed, count: recorded, senders: SENDERS, spacingMs: spacingMs(minutes, recorded), factAt };
  const etl = new Etl(() => stage.adminUrl(), witness, told);
  return tellFacts(telling, new Sender(client, witness, told, factAt), etl);
}
