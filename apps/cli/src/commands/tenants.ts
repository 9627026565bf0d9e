import type { TenantStatus } from '@ferry/tenancy';
import { T } from '@ferry/wiring';
import { InvalidArgumentError, type Command } from 'commander';
import { JSON_OPTION } from '../arguments.js';
import { allTenants, tenantNamed } from '../tenants.js';
import { operator, Refused, table, withEngine } from '../with-engine.js';

const refusals = {
  exists: (id: string) => `there is a tenant ${id} already`,
  'bad-id': (id: string) => `${id} cannot be the id of a tenant`,
  'bad-name': () => 'the name must have 1 to 100 characters, with no space at its ends',
} as const;

interface CreateOptions {
  readonly name?: string;
  readonly operator?: boolean;
  readonly json?: boolean;
}

const create = (id: string, options: CreateOptions): Promise<void> =>
  withEngine(async (container, { print }) => {
    const extra = options.operator ? (['tenants:admin'] as const) : [];
    const result = await container.get(T.OnboardTenant).execute(id, options.name ?? id, operator(), extra);
    if (result.outcome !== 'onboarded') throw new Refused(refusals[result.outcome](id));
    const { tenant, twin, key, secretKey } = result;
    if (options.json)
      return print(
        JSON.stringify({ tenant_id: tenant.id, twin_id: twin.id, key_id: key.id, prefix: key.prefix, key: secretKey }),
      );
    print(`tenant ${tenant.id} is ready, with its sandbox twin ${twin.id}`);
    print(`its key, shown this once: ${secretKey}`);
    print(`for a test key: ferry keys create ${tenant.id} --mode test`);
  });

const setStatus =
  (status: TenantStatus) =>
  (id: string, { json }: { json?: boolean }): Promise<void> =>
    withEngine(async (container, { print }) => {
      const tenant = await container.get(T.ChangeTenantStatus).execute(id, status, operator());
      if (!tenant) throw new Refused(`there is no tenant ${id}`);
      print(json ? JSON.stringify({ tenant_id: id, status: tenant.status }) : `tenant ${id} is ${tenant.status}`);
    });

const list = ({ json }: { json?: boolean }): Promise<void> =>
  withEngine(async (container, { print }) => {
    const rows = [['id', 'name', 'status', 'mode', 'twin', 'created']];
    for await (const { id, name, status, mode, twinId, createdAt } of allTenants(container))
      if (json) print(JSON.stringify({ tenant_id: id, name, status, mode, twin_id: twinId, created_at: createdAt }));
      else rows.push([id, name, status, mode, twinId ?? '-', createdAt.toISOString().slice(0, 10)]);
    if (!json) for (const line of table(rows)) print(line);
  });

const show = (id: string, { json }: { json?: boolean }): Promise<void> =>
  withEngine(async (container, { print }) => {
    const tenant = await tenantNamed(container, id);
    const units = (await container.get(T.TenantRepository).units(id)).map((unit) => unit.id);
    const { version } = await container.get(T.TenantConfigs).load(id);
    const { name, status, mode, twinId, createdAt } = tenant;
    const shown = {
      tenant_id: id,
      name,
      status,
      mode,
      twin_id: twinId,
      business_units: units,
      config_version: version,
    };
    if (json) return print(JSON.stringify({ ...shown, created_at: createdAt }));
    for (const line of table(Object.entries(shown).map(([what, value]) => [what, String(value)]))) print(line);
  });

const liveId = (text: string): string => {
  if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,14}$/.test(text) || text.endsWith('-test'))
    throw new InvalidArgumentError('must be 1 to 15 letters, digits and hyphens, and not end in -test.');
  return text;
};

export function addTenantCommands(program: Command): void {
  const tenants = program.command('tenants').description('make, suspend, resume and list tenants');
  tenants
    .command('create')
    .description('make a tenant with its sandbox twin, and print its first key, once')
    .argument('<id>', 'up to 15 letters, digits and hyphens', liveId)
    .option('--name <name>', 'what people call it; the id when not given')
    .option('--operator', 'its key may also rule tenants: for those who run Ferry')
    .option(...JSON_OPTION)
    .action(create);
  tenants
    .command('suspend')
    .description('let a tenant and its twin read and create nothing')
    .argument('<id>')
    .option(...JSON_OPTION)
    .action(setStatus('SUSPENDED'));
  tenants
    .command('resume')
    .description('take a suspension back')
    .argument('<id>')
    .option(...JSON_OPTION)
    .action(setStatus('ACTIVE'));
  tenants
    .command('list')
    .description('all tenants')
    .option(...JSON_OPTION)
    .action(list);
  tenants
    .command('show')
    .description('one tenant')
    .argument('<id>')
    .option(...JSON_OPTION)
    .action(show);
}
