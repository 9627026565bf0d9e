import type { AddSecretOutcome, ListedSecret } from '@ferry/tenancy';
import { T } from '@ferry/wiring';
import type { Command } from 'commander';
import { JSON_OPTION, whole } from '../arguments.js';
import { readInput } from '../input.js';
import { allTenants, tenantNamed } from '../tenants.js';
import { minute, operator, Refused, table, withEngine, type Engine } from '../with-engine.js';

const HOUR_MS = 3_600_000;
const PAGE = 500;

interface Options {
  readonly overlap?: number;
  readonly json?: boolean;
}

const NO_KEYS = 'FERRY_ENCRYPTION_KEYS is not set: secrets are not kept unsealed';

const refusals: Record<Exclude<AddSecretOutcome['outcome'], 'added'>, string> = {
  'bad-name': 'the name must be words of a-z, 0-9 and hyphens with slashes between, at most 60 characters',
  'bad-secret': 'standard input must have a secret of 1 to 4096 characters',
  'no-keys': NO_KEYS,
};

const set = (tenantId: string, name: string, { json }: Options): Promise<void> =>
  withEngine(async (container, { print }) => {
    await tenantNamed(container, tenantId);
    const secret = await add(container, tenantId, name, 0);
    print(json ? JSON.stringify(shown(secret)) : `${name} of ${tenantId} is set; what it was before has ended`);
  });

const rotate = (tenantId: string, name: string, { overlap = 0, json }: Options): Promise<void> =>
  withEngine(async (container, { print }) => {
    await tenantNamed(container, tenantId);
    if ((await valid(container, tenantId, name)).length === 0) throw new Refused(`${tenantId} has no secret ${name}`);
    const secret = await add(container, tenantId, name, overlap * HOUR_MS);
    print(
      json
        ? JSON.stringify(shown(secret))
        : `${name} of ${tenantId} is set; what it was before is valid for ${overlap} more hour(s)`,
    );
  });

async function add(container: Engine, tenantId: string, name: string, overlapMs: number): Promise<ListedSecret> {
  // What a shell or an editor puts at the end of a line is not part of the secret.
  const text = (await readInput('-')).replace(/\r?\n$/, '');
  const result = await container.get(T.KeepSecrets).add(tenantId, name, text, overlapMs, operator());
  if (result.outcome !== 'added') throw new Refused(refusals[result.outcome]);
  return result.secret;
}

const remove = (tenantId: string, name: string, { json }: Options): Promise<void> =>
  withEngine(async (container, { print }) => {
    await tenantNamed(container, tenantId);
    const secrets = await valid(container, tenantId, name);
    if (secrets.length === 0) throw new Refused(`${tenantId} has no secret ${name}`);
    for (const { id } of secrets) await container.get(T.KeepSecrets).remove(tenantId, id, operator());
    print(json ? JSON.stringify({ tenant_id: tenantId, name, removed: secrets.length }) : `${name} has ended`);
  });

const list = (tenantId: string, { json }: Options): Promise<void> =>
  withEngine(async (container, { print }) => {
    await tenantNamed(container, tenantId);
    const rows = [['name', 'since', 'ends', 'id']];
    for await (const secret of allSecrets(container, tenantId))
      if (json) print(JSON.stringify(shown(secret)));
      else rows.push([secret.name, minute(secret.createdAt), minute(secret.expiresAt), secret.id]);
    if (!json) for (const line of table(rows)) print(line);
  });

async function* allSecrets(container: Engine, tenantId: string): AsyncGenerator<ListedSecret> {
  for (let after: string | undefined; ;) {
    const page = await container.get(T.KeepSecrets).list(tenantId, PAGE, after);
    yield* page;
    after = page.at(-1)?.id;
    if (page.length < PAGE) return;
  }
}

async function valid(container: Engine, tenantId: string, name: string): Promise<readonly ListedSecret[]> {
  const found: ListedSecret[] = [];
  for await (const secret of allSecrets(container, tenantId)) if (secret.name === name) found.push(secret);
  return found;
}

/** Seals anew, with the first of FERRY_ENCRYPTION_KEYS, every secret that another key sealed. */
const reseal = ({ json }: Options): Promise<void> =>
  withEngine(async (container, { print, progress }) => {
    const { keyId } = container.get(T.SecretBox);
    if (keyId === undefined) throw new Refused(NO_KEYS);
    let resealed = 0;
    for await (const { id } of allTenants(container)) {
      resealed += await container.get(T.KeepSecrets).reseal(id, operator());
      progress(`${resealed} secrets sealed with ${keyId}, at tenant ${id}`);
    }
    print(
      json ? JSON.stringify({ key_id: keyId, resealed }) : `${resealed} secret(s) sealed anew with the key ${keyId}`,
    );
  });

const shown = ({ tenantId, id, name, createdAt, expiresAt }: ListedSecret) => ({
  tenant_id: tenantId,
  id,
  name,
  created_at: createdAt,
  expires_at: expiresAt,
});

export function addSecretCommands(program: Command): void {
  const secrets = program.command('secrets').description('keep the secrets that a tenant shares with others');
  const ofOne = (name: string, description: string): Command =>
    secrets
      .command(name)
      .description(description)
      .argument('<tenant>')
      .argument('<name>', 'e.g. webhook/orders')
      .option(...JSON_OPTION);
  ofOne('set', 'keep what standard input has; what it was before ends at once').action(set);
  ofOne('rotate', 'keep what standard input has in the place of another one')
    .option('--overlap <hours>', 'how long both are valid', whole(0, 2_160), 24)
    .action(rotate);
  ofOne('remove', 'end it at once, and forget what it was').action(remove);
  secrets
    .command('list')
    .description('valid secrets of a tenant: their names and times, never what they are')
    .argument('<tenant>')
    .option(...JSON_OPTION)
    .action(list);
  secrets
    .command('reseal')
    .description('seal every secret of all tenants anew with the first of FERRY_ENCRYPTION_KEYS')
    .option(...JSON_OPTION)
    .action(reseal);
}
