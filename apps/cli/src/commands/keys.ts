import {
  allScopes,
  isScope,
  operatorGrantor,
  tenantScopes,
  type ApiKey,
  type MadeKey,
  type Scope,
  type TenantMode,
} from '@ferry/tenancy';
import { T } from '@ferry/wiring';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { JSON_OPTION, listOf, whole } from '../arguments.js';
import { tenantNamed } from '../tenants.js';
import { minute, operator, Refused, table, withEngine, type Engine } from '../with-engine.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const PAGE = 200;

interface CreateOptions {
  readonly mode: TenantMode;
  readonly name: string;
  readonly scopes?: readonly Scope[];
  readonly unit?: string;
  readonly expires?: number;
  readonly allow?: readonly string[];
  readonly rate?: number;
  readonly json?: boolean;
}

const refusals = {
  'no-tenant': 'there is no such tenant',
  'no-twin': 'the tenant has no sandbox twin',
  'live-key-from-test': 'a sandbox has test keys only; name the live tenant',
  'no-unit': 'the tenant has no such business unit',
  'bad-name': 'the name must have 1 to 100 characters, with no space at its ends',
  'no-scopes': 'a key must have a scope',
  'scope-not-held': 'a scope that may not be granted',
  'unit-not-held': 'a business unit that may not be granted',
  expired: 'the key would have ended already',
  'bad-range': 'an address range is not in CIDR notation',
  'bad-rate': 'the rate must be a whole number from 1 to 1000000',
  missing: 'there is no such key',
  'not-valid': 'the key was revoked or has ended',
  'rotated-before': 'the key has been rotated already; rotate the one that took its place',
} as const;

const printMade = (print: (line: string) => void, { key, secretKey }: MadeKey, json: boolean | undefined): void => {
  if (json)
    return print(JSON.stringify({ tenant_id: key.tenantId, key_id: key.id, prefix: key.prefix, key: secretKey }));
  print(`key ${key.prefix} of tenant ${key.tenantId}, shown this once: ${secretKey}`);
};

const create = (tenantId: string, options: CreateOptions): Promise<void> =>
  withEngine(async (container, { print }) => {
    const { mode, name, scopes = tenantScopes, unit, expires, allow = [], rate, json } = options;
    const request = {
      mode,
      name,
      scopes,
      businessUnitId: unit,
      expiresAt:
        expires === undefined ? undefined : new Date(container.get(T.Clock).now().getTime() + expires * DAY_MS),
      allowedRanges: allow,
      requestsPerMinute: rate,
    };
    const result = await container.get(T.ManageKeys).create(tenantId, request, operatorGrantor, operator());
    if (result.outcome !== 'made') throw new Refused(refusals[result.outcome]);
    printMade(print, result, json);
  });

const rotate = (
  tenantId: string,
  prefix: string,
  { overlap, json }: { overlap: number; json?: boolean },
): Promise<void> =>
  withEngine(async (container, { print }) => {
    const { id } = await named(container, tenantId, prefix);
    const result = await container
      .get(T.ManageKeys)
      .rotate(tenantId, id, overlap * HOUR_MS, operatorGrantor, operator());
    if (result.outcome !== 'made') throw new Refused(refusals[result.outcome]);
    printMade(print, result, json);
    if (!json) print(`${prefix} is valid for ${overlap} more hour(s), unless it ends before`);
  });

const revoke = (tenantId: string, prefix: string, { json }: { json?: boolean }): Promise<void> =>
  withEngine(async (container, { print }) => {
    const { id } = await named(container, tenantId, prefix);
    const result = await container.get(T.ManageKeys).revoke(tenantId, id, operatorGrantor, operator());
    if (result.outcome !== 'revoked') throw new Refused(refusals[result.outcome]);
    print(
      json ? JSON.stringify(shown(result.key)) : `key ${prefix} is revoked; it is refused everywhere within a second`,
    );
  });

const list = (tenantId: string, { json }: { json?: boolean }): Promise<void> =>
  withEngine(async (container, { print }) => {
    const rows = [['prefix', 'name', 'scopes', 'created', 'last used', 'ends', 'revoked']];
    for await (const key of allKeys(container, tenantId))
      if (json) print(JSON.stringify(shown(key)));
      else {
        const { prefix, name, scopes, createdAt, lastUsedAt, expiresAt, revokedAt } = key;
        rows.push([prefix, name, scopes.join(','), ...[createdAt, lastUsedAt, expiresAt, revokedAt].map(minute)]);
      }
    if (!json) for (const line of table(rows)) print(line);
  });

async function* allKeys(container: Engine, tenantId: string): AsyncGenerator<ApiKey> {
  await tenantNamed(container, tenantId);
  for (let before: string | undefined; ;) {
    const page = await container.get(T.ApiKeyRepository).list(tenantId, PAGE, before);
    yield* page;
    before = page.at(-1)?.id;
    if (page.length < PAGE) return;
  }
}

async function named(container: Engine, tenantId: string, prefix: string): Promise<ApiKey> {
  const [key] = await container.get(T.ApiKeyRepository).findByPrefix(tenantId, [prefix]);
  if (!key) throw new Refused(refusals.missing);
  return key;
}

/** All that may be shown of a key. */
const shown = ({ tenantId, id, prefix, name, scopes, ...key }: ApiKey) => ({
  tenant_id: tenantId,
  key_id: id,
  prefix,
  name,
  scopes,
  business_unit_id: key.businessUnitId,
  expires_at: key.expiresAt,
  allowed_ranges: key.allowedRanges,
  requests_per_minute: key.requestsPerMinute,
  created_at: key.createdAt,
  last_used_at: key.lastUsedAt,
  revoked_at: key.revokedAt,
  replaced_by: key.replacedBy,
});

const scopesOf = (text: string): readonly Scope[] => {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.filter((name) => !isScope(name));
  if (wrong.length > 0)
    throw new InvalidArgumentError(`unknown: ${wrong.join(', ')}. There are: ${allScopes.join(', ')}.`);
  return names as Scope[];
};
export function addKeyCommands(program: Command): void {
  const keys = program.command('keys').description('make, rotate, revoke and list API keys');
  keys
    .command('create')
    .description('make a key and print it, once')
    .argument('<tenant>', 'id of the live tenant')
    .addOption(
      new Option('--mode <mode>', 'a test key belongs to the sandbox twin').choices(['live', 'test']).default('live'),
    )
    .option('--name <name>', 'what people call it', 'cli')
    .option('--scopes <scopes>', 'separated by commas; all that a tenant may do when not given', scopesOf)
    .option('--unit <id>', 'only for this business unit')
    .option('--expires <days>', 'ends after so many days', whole(1, 36_500))
    .option('--allow <ranges>', 'only from these addresses, in CIDR notation, separated by commas', listOf)
    .option('--rate <count>', 'requests a minute at most', whole(1, 1_000_000))
    .option(...JSON_OPTION)
    .action(create);
  keys
    .command('rotate')
    .description('make a key that takes the place of another one, and print it, once')
    .argument('<tenant>')
    .argument('<prefix>', 'of the old key, as `keys list` shows it')
    .option('--overlap <hours>', 'how long both are valid', whole(0, 8_760), 24)
    .option(...JSON_OPTION)
    .action(rotate);
  keys
    .command('revoke')
    .description('let nobody in with this key any more')
    .argument('<tenant>')
    .argument('<prefix>', 'as `keys list` shows it')
    .option(...JSON_OPTION)
    .action(revoke);
  keys
    .command('list')
    .description('the keys of a tenant, without their secrets')
    .argument('<tenant>')
    .option(...JSON_OPTION)
    .action(list);
}
