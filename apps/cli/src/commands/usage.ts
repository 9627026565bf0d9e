import { formatMoney, type Currency } from '@ferry/kernel';
import { dayOf, daysBetween, USAGE_DAYS_MAX, type Day, type DayUsage } from '@ferry/tenancy';
import { T } from '@ferry/wiring';
import { Option, type Command } from 'commander';
import { day, JSON_OPTION } from '../arguments.js';
import { tenantNamed } from '../tenants.js';
import { Refused, table, withEngine } from '../with-engine.js';

interface UsageOptions {
  readonly from?: Day;
  readonly to?: Day;
  readonly json?: boolean;
  readonly csv?: boolean;
}

const usage = (tenantId: string, { from, to, json, csv }: UsageOptions): Promise<void> =>
  withEngine(async (container, { print }) => {
    await tenantNamed(container, tenantId);
    const last = to ?? dayOf(container.get(T.Clock).now());
    const first = from ?? `${last.slice(0, 7)}-01`;
    const days = daysBetween(first, last);
    if (days < 1 || days > USAGE_DAYS_MAX) throw new Refused(`--to must be within ${USAGE_DAYS_MAX} days from --from`);
    const used = await container.get(T.UsageRecords).read(tenantId, first, last);
    for (const line of json ? used.map(jsonLine) : csv ? csvLines(used) : tableLines(used)) print(line);
  });

const volumesOf = ({ volumeMinor }: DayUsage): readonly (readonly [Currency, string])[] =>
  (Object.entries(volumeMinor) as [Currency, bigint][]).map(([currency, amountMinor]) => [
    currency,
    formatMoney({ amountMinor, currency }),
  ]);

/** As `GET /api/v1/usage` has it. */
const jsonLine = (used: DayUsage): string => {
  const { tenantId, day: on, requests, payments, open } = used;
  const volume = Object.fromEntries(volumesOf(used));
  return JSON.stringify({ tenant_id: tenantId, day: on, requests, payments, open, volume });
};

/** A figure a line: a day with two currencies repeats nothing, so that a column can be summed. */
const csvLines = (days: readonly DayUsage[]): readonly string[] => [
  'tenant_id,day,metric,currency,value',
  ...days.flatMap((used) => {
    const { tenantId, day: on, requests, payments, open } = used;
    const counts = Object.entries({ requests, payments, open }).map(([metric, value]) => [metric, '', value] as const);
    const volumes = volumesOf(used).map(([currency, value]) => ['volume', currency, value] as const);
    return [...counts, ...volumes].map((figure) => [tenantId, on, ...figure].join(','));
  }),
];

const tableLines = (days: readonly DayUsage[]): readonly string[] =>
  table([
    ['day', 'requests', 'payments', 'open', 'volume'],
    ...days.map((used) => [
      used.day,
      ...[used.requests, used.payments, used.open].map(String),
      volumesOf(used)
        .map(([currency, value]) => `${value} ${currency}`)
        .join(', ') || '-',
    ]),
  ]);

export const addUsageCommand = (program: Command): Command =>
  program
    .command('usage')
    .description('requests, payments and volume of a tenant for each day, in UTC')
    .argument('<tenant>')
    .option('--from <day>', 'the first day; the first of the month when not given', day)
    .option('--to <day>', 'the last day; today when not given', day)
    .option(...JSON_OPTION)
    .addOption(new Option('--csv', 'print comma-separated values, a figure a line').conflicts('json'))
    .action(usage);
