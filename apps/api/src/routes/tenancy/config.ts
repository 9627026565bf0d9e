import { configJson, type JsonValue, type Principal, type StoredConfig } from '@ferry/tenancy';
import { json, type Answer } from '../../http/answer.js';
import { pointerTo } from '../../http/check.js';
import { invalidRequest, Problem } from '../../http/problem.js';
import type { RequestContext } from '../../http/request-context.js';
import type { TenancyDeps } from './deps.js';
import { PutConfigBody } from './dto.js';
import { occasionOf, plain, readBody } from './shared.js';

const FIELD_SHOWN_MAX = 64;

const view = ({ version, config }: StoredConfig): Answer => json(200, { version, config: configJson(config) });

/** `GET /api/v1/config`. */
export const readConfig = async (deps: TenancyDeps, { tenantId }: Principal): Promise<Answer> =>
  view(await deps.configs.load(tenantId));

/** `PUT /api/v1/config`: the whole of it, in the place of the version that the client has seen. */
export async function putConfig(deps: TenancyDeps, context: RequestContext, principal: Principal): Promise<Answer> {
  const { version, config } = await readBody(PutConfigBody, context);
  const occasion = occasionOf(context, principal);
  const wanted = plain(config) as JsonValue;
  const result = await deps.configureTenant.execute(principal.tenantId, wanted, Number(version.text), occasion);
  switch (result.outcome) {
    case 'saved':
      return view(result.stored);
    case 'conflict':
      throw new Problem('version-conflict', `The configuration is at version ${result.version}.`);
    case 'bad-config':
      throw invalidRequest(
        result.faults.map(({ path, rule: detail }) => {
          const shown = path.slice(0, FIELD_SHOWN_MAX).toWellFormed();
          return {
            field: `config.${shown}`,
            rule: 'config',
            detail,
            pointer: pointerTo('config', ...shown.split('.')),
          };
        }),
      );
  }
}
