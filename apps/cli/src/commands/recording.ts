import { isMonth, type Month } from '@ferry/recording';
import { T } from '@ferry/wiring';
import { InvalidArgumentError, type Command } from 'commander';
import { JSON_OPTION } from '../arguments.js';
import { minute, operator, Refused, table, withEngine } from '../with-engine.js';

const months = (text: string, before: readonly Month[]): readonly Month[] => {
  if (!isMonth(text)) throw new InvalidArgumentError('must be a month, like 2025-02.');
  return [...before, text];
};

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1);

const partitions = ({ json }: { json?: boolean }): Promise<void> =>
  withEngine(async (container, { print }) => {
    const [store, expiring] = [container.get(T.PaymentMonths), container.get(T.ExpireMonths)];
    const [all, strays, expired] = [await store.list(), await store.countStrays(), await expiring.expired()];
    const state = (month: Month): string => (expired.includes(month) ? 'expired' : '');
    if (json)
      for (const { month, rows, bytes, keptUntil } of all)
        print(JSON.stringify({ month, rows, bytes, expired: expired.includes(month), kept_until: keptUntil }));
    else {
      const rows = all.map(({ month, rows: count, bytes, keptUntil }) => [
        month,
        `${count}`,
        megabytes(bytes),
        keptUntil ? `kept until ${minute(keptUntil)}` : state(month),
      ]);
      for (const line of table([['month', 'payments, about', 'MB', ''], ...rows])) print(line);
      if (strays > 0) print(`${strays} payment(s) in no month; \`ferry jobs run partitions\` makes theirs`);
    }
  });

const archive = (given: readonly Month[]): Promise<void> =>
  withEngine(async (container, { print, progress }) => {
    const archiveMonth = container.get(T.ArchiveMonth);
    if (!archiveMonth) throw new Refused('PARTITION_ARCHIVE_DIR is not set');
    const there = (await container.get(T.PaymentMonths).list()).map(({ month }) => month);
    const expired = await container.get(T.ExpireMonths).expired();
    for (const month of given.length > 0 ? given : expired) {
      if (!there.includes(month)) throw new Refused(`there is no month ${month}`);
      if (!expired.includes(month)) throw new Refused(`${month} is kept: its time is not over`);
      progress(`${month} is being archived`);
      const result = await archiveMonth.order(month, operator());
      if (result.outcome !== 'archived') throw new Refused(`${month} stays where it is: ${reasons[result.outcome]}`);
      const { place, parts } = result.archive;
      const rows = parts.reduce((sum, part) => sum + part.rows, 0);
      print(`${month}: ${rows} payment(s) of ${parts.length} tenant(s) are in ${place}`);
    }
  });

const reasons = {
  absent: 'another process has taken it away',
  kept: 'its time is not over',
  changed: 'payments of it are being recorded; try again later',
};

const restore = (places: readonly string[]): Promise<void> =>
  withEngine(async (container, { print }) => {
    for (const place of places)
      for await (const { tenantId, month, rows, added } of container.get(T.RestoreArchive).run(place, operator()))
        print(`${month} ${tenantId}: ${rows} payment(s), ${added} brought back, ${rows - added} were there`);
  });

export function addRecordingCommands(program: Command): void {
  const recording = program.command('recording').description('months of recorded payments: list, archive, restore');
  recording
    .command('partitions')
    .description('the months that are there, and what becomes of them')
    .option(...JSON_OPTION)
    .action(partitions);
  recording
    .command('archive')
    .description('write months whose time is over into PARTITION_ARCHIVE_DIR, then take them out of the database')
    .argument('[month...]', 'like 2025-02; all whose time is over when not given', months, [])
    .action(archive);
  recording
    .command('restore')
    .description('bring archived payments back; what is there is left as it is')
    .argument('<place...>', 'the directory of an archive, or one file of it')
    .action(restore);
}
