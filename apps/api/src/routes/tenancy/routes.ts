import type { Route } from '../../http/route.js';
import type { TenancyDeps } from './deps.js';
import { keyLines } from './lines/keys.js';
import { operatorLines } from './lines/operator.js';
import { peopleLines } from './lines/people.js';
import { reportLines } from './lines/reports.js';
import { secretLines } from './lines/secrets.js';
import { settingLines } from './lines/settings.js';

const lines = [keyLines, peopleLines, settingLines, secretLines, reportLines, operatorLines];

export const tenancyRoutes = (deps: TenancyDeps): readonly Route[] =>
  lines.flatMap((linesOf) => linesOf(deps)).map((line) => ({ ...line, for: 'tenant', tag: 'Tenancy' }));
