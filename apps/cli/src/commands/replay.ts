import { silentMeter, type Logger } from '@ferry/kernel';
import type { PaymentQueue } from '@ferry/payments';
import { composeEngine, T, type EngineSettings } from '@ferry/wiring';
import { databaseUrls } from '../embedded-database.js';
import { runTool } from '../run-tool.js';
import { toolSettings } from '../settings.js';

/** A broker that is not connected after this time is away. */
const BROKER_WAIT_MS = 10_000;
const SHOWN_MAX = 20;

export const replayCommand = ({ dryRun, max }: { dryRun?: boolean; max: number }): Promise<void> =>
  runTool(toolSettings, async (given, { logger, lifecycle, print, progress }) => {
    const settings = { ...given, ...(await databaseUrls(given, lifecycle, logger)) };
    const container = composeEngine({ settings, workerSettings: settings, logger, meter: silentMeter, lifecycle });
    await untilConnected(container.get(T.PaymentQueue), settings, logger);
    const replay = container.get(T.ReplayDeadLetters);
    const outbox = container.get(T.Outbox);
    const { parked, letters } = await replay.preview(max);
    print(`${parked.length} payment(s) parked for attention, ${letters} dead letter(s)`);
    print(`events of ${await outbox.parked(max)} payment(s) parked`);
    if (dryRun) {
      for (const { tenantId, paymentId } of parked.slice(0, SHOWN_MAX))
        print(`  would replay ${tenantId} ${paymentId}`);
      if (parked.length > SHOWN_MAX) print(`  ... and ${parked.length - SHOWN_MAX} more`);
      print('dry run: nothing was changed');
      return;
    }
    const report = await replay.run(max, (done) => progress(`${done} payments made due again`));
    print(`${report.payments} payment(s) made due again; the sweeper announces them`);
    print(`events of ${await outbox.replay(max)} payment(s) released; the relay publishes them`);
    print(
      `${report.replayed} dead letter(s) replayed, ${report.dropped} dropped (payment has ended), ${report.kept} kept (unreadable or unknown)`,
    );
  });

async function untilConnected(queue: PaymentQueue, settings: EngineSettings, logger: Logger): Promise<void> {
  if (!settings.RABBITMQ_URL) return;
  const deadline = performance.now() + BROKER_WAIT_MS;
  while ((await queue.depth()) === undefined) {
    if (performance.now() > deadline) throw new Error('rabbitmq is not reachable');
    logger.debug('waiting for rabbitmq');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
