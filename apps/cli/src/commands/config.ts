import { configJson, type ConfigureOutcome, type JsonValue } from '@ferry/tenancy';
import { T } from '@ferry/wiring';
import type { Command } from 'commander';
import { readInput } from '../input.js';
import { tenantNamed } from '../tenants.js';
import { operator, Refused, withEngine } from '../with-engine.js';

/** The same document as `GET /api/v1/config`: what `show` prints can be changed and given to `set`. */
const show = (tenantId: string): Promise<void> =>
  withEngine(async (container, { print }) => {
    await tenantNamed(container, tenantId);
    const { version, config } = await container.get(T.TenantConfigs).load(tenantId);
    print(JSON.stringify({ version, config: configJson(config) }, null, 2));
  });

const set = (tenantId: string, file: string): Promise<void> =>
  withEngine(async (container, { print }) => {
    const { version, config } = documentOf(await readInput(file));
    await tenantNamed(container, tenantId);
    const result = await container.get(T.ConfigureTenant).execute(tenantId, config, version, operator());
    if (result.outcome !== 'saved') throw new Refused(refusal(result, version));
    print(`the configuration of ${tenantId} is at version ${result.stored.version}`);
  });

function documentOf(text: string): { readonly version: number; readonly config: JsonValue } {
  const document = parsed(text);
  if (typeof document === 'object' && document !== null && 'version' in document && 'config' in document)
    if (Number.isSafeInteger(document.version)) return document as { version: number; config: JsonValue };
  throw new Refused('the file must have the form that `config show` prints: {"version": ..., "config": ...}');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refused(`the file is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

const refusal = (result: Exclude<ConfigureOutcome, { outcome: 'saved' }>, version: number): string =>
  result.outcome === 'conflict'
    ? `the configuration is at version ${result.version}, not ${version}: show it again and change that`
    : `the configuration cannot be like this:${result.faults.map(({ path, rule }) => `\n  ${path || 'config'} ${rule}`).join('')}`;

export function addConfigCommands(program: Command): void {
  const config = program.command('config').description('show and set the configuration of a tenant');
  config
    .command('show')
    .description('print it as JSON, with its version, without secrets')
    .argument('<tenant>')
    .action(show);
  config
    .command('set')
    .description('replace it by a file like `show` prints, whose version is the one that was seen')
    .argument('<tenant>')
    .argument('<file>', '- for standard input')
    .action(set);
}
