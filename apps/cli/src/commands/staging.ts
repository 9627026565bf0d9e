import { isCurrency, isTimeZone } from '@ferry/kernel';
import { RETRIED_IDS_MAX, type ListedError, type ListedSource } from '@ferry/recording';
import { T } from '@ferry/wiring';
import { InvalidArgumentError, type Command } from 'commander';
import { JSON_OPTION } from '../arguments.js';
import { tenantNamed } from '../tenants.js';
import { minute, operator, Refused, table as tableOf, withEngine, type Engine } from '../with-engine.js';

const PAGE = 500;

interface AddOptions {
  readonly unit: string;
  readonly currency: string;
  readonly timeZone: string;
}

const add = (tenantId: string, table: string, { unit, currency, timeZone }: AddOptions): Promise<void> =>
  withEngine(async (container, { print }) => {
    await tenantNamed(container, tenantId);
    const faults = await container.get(T.StagingSources).faultsOf(table);
    if (faults.length > 0) throw new Refused(`${table} cannot be drained: ${faults.join('; ')}`);
    const source = { tenantId, table, businessUnitId: unit, currency, timeZone };
    const outcome = await container.get(T.ManageStaging).add(source, operator());
    if (outcome === 'taken') throw new Refused(`${table} is a source already, of this tenant or of another one`);
    if (outcome === 'no-unit') throw new Refused(`${tenantId} has no business unit ${unit}`);
    print(`${table} is drained for ${tenantId} from now on`);
  });

const list = ({ json }: { json?: boolean }): Promise<void> =>
  withEngine(async (container, { print }) => {
    const rows = [['table', 'tenant', 'unit', 'currency', 'time zone', 'drained']];
    for (const source of await container.get(T.StagingSources).list())
      if (json) print(JSON.stringify(shownSource(source)));
      else
        rows.push([
          source.table,
          source.tenantId,
          source.businessUnitId,
          source.currency,
          source.timeZone,
          source.enabled ? 'yes' : 'no',
        ]);
    if (!json) for (const line of tableOf(rows)) print(line);
  });

const shownSource = ({ tenantId, table, businessUnitId, currency, timeZone, enabled }: ListedSource) => ({
  tenant_id: tenantId,
  table,
  business_unit_id: businessUnitId,
  currency,
  time_zone: timeZone,
  enabled,
});

const enable =
  (enabled: boolean) =>
  (tenantId: string, table: string): Promise<void> =>
    withEngine(async (container, { print }) => {
      if (!(await container.get(T.ManageStaging).enable({ tenantId, table }, enabled, operator())))
        throw new Refused(`${table} is no source of ${tenantId}`);
      print(`${table} is ${enabled ? 'drained from now on' : 'left alone after the batch that runs now'}`);
    });

const errors = (tenantId: string, { givenUp, json }: { givenUp?: boolean; json?: boolean }): Promise<void> =>
  withEngine(async (container, { print }) => {
    await tenantNamed(container, tenantId);
    if (!json) print(['table', 'row', 'attempts', 'next', 'reason'].join('  '));
    for await (const error of allErrors(container, tenantId, givenUp))
      print(
        json
          ? JSON.stringify(shownError(error))
          : [error.table, error.id, error.attempts, minute(error.nextAttemptAt), error.reason].join('  '),
      );
  });

async function* allErrors(container: Engine, tenantId: string, givenUp?: boolean): AsyncGenerator<ListedError> {
  for (let after: ListedError | undefined; ;) {
    const page: readonly ListedError[] = await container
      .get(T.StagingErrors)
      .list(tenantId, { limit: PAGE, givenUp, after });
    yield* page;
    after = page.at(-1);
    if (page.length < PAGE) return;
  }
}

const shownError = (error: ListedError) => ({
  table: error.table,
  row_id: String(error.id),
  attempts: error.attempts,
  reason: error.reason,
  next_attempt_at: error.nextAttemptAt,
  first_at: error.firstAt,
  last_at: error.lastAt,
  row: JSON.parse(error.shown) as unknown,
});

const retry = (tenantId: string, table: string, { rows: ids }: { rows?: readonly bigint[] }): Promise<void> =>
  withEngine(async (container, { print }) => {
    await tenantNamed(container, tenantId);
    const count = await container.get(T.ManageStaging).retry({ tenantId, table, ids }, operator());
    print(`${count} row(s) of ${table} are read again at the next run`);
  });

const currency = (text: string): string => {
  if (!isCurrency(text)) throw new InvalidArgumentError('must be an ISO 4217 code.');
  return text;
};
const timeZone = (text: string): string => {
  if (!isTimeZone(text)) throw new InvalidArgumentError('must be a time zone, like Africa/Nairobi.');
  return text;
};
const rowIds = (text: string): readonly bigint[] => {
  const ids = text.split(',');
  if (ids.length > RETRIED_IDS_MAX) throw new InvalidArgumentError(`must be at most ${RETRIED_IDS_MAX} ids.`);
  return ids.map((one) => {
    if (!/^\d{1,18}$/.test(one)) throw new InvalidArgumentError('must be ids of rows, separated by commas.');
    return BigInt(one);
  });
};

export function addStagingCommands(program: Command): void {
  const staging = program
    .command('staging')
    .description('tables that an ETL fills, and the rows that cannot be recorded');
  addSourceCommands(staging.command('sources').description('which tenant the rows of a staging table belong to'));
  staging
    .command('errors')
    .description('rows that cannot be recorded as they are, and why')
    .argument('<tenant>')
    .option('--given-up', 'only those that are not tried again by themselves')
    .option(...JSON_OPTION)
    .action(errors);
  staging
    .command('retry')
    .description('read rows again that were given up, as often as new ones')
    .argument('<tenant>')
    .argument('<table>')
    .option('--rows <ids>', 'these instead, separated by commas', rowIds)
    .action(retry);
}

function addSourceCommands(sources: Command): void {
  sources
    .command('add')
    .description('have a table drained for a tenant')
    .argument('<tenant>')
    .argument('<table>', 'schema.table, with the columns of public.payment_staging')
    .requiredOption('--currency <code>', 'of rows whose metadata names none as `currency`', currency)
    .option('--unit <id>', 'business unit of what is recorded', 'default')
    .option('--time-zone <name>', 'of payment_date, which has none of its own', timeZone, 'UTC')
    .action(add);
  sources
    .command('list')
    .description('all of them')
    .option(...JSON_OPTION)
    .action(list);
  for (const [name, enabled, description] of [
    ['enable', true, 'drain a table again'],
    ['disable', false, 'leave a table alone'],
  ] as const)
    sources.command(name).description(description).argument('<tenant>').argument('<table>').action(enable(enabled));
}
