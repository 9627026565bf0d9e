import { silentMeter } from '@ferry/kernel';
import { migrationNames } from '@ferry/migrations';
import { checkSchema, Database, verifyInvariants, type InvariantResult } from '@ferry/postgres';
import { exitCodes } from '@ferry/wiring';
import { databaseUrls } from '../embedded-database.js';
import { runTool } from '../run-tool.js';
import { toolSettings } from '../settings.js';

/** A rule reads whole tables; ten minutes are enough for tens of millions of rows. */
const STATEMENT_TIMEOUT_MS = 600_000;

export const verifyCommand = ({ json }: { json?: boolean }): Promise<void> =>
  runTool(toolSettings, async (settings, { logger, lifecycle, print, progress, exitWith }) => {
    const urls = await databaseUrls(settings, lifecycle, logger);
    const open = (url: string): Database => {
      const options = { url, poolMax: 1, statementTimeoutMs: STATEMENT_TIMEOUT_MS, applicationName: 'ferry-verify' };
      const database = new Database(options, logger, silentMeter);
      lifecycle.onClose('postgres', () => database.close());
      return database;
    };
    const app = open(urls.DATABASE_URL);
    await checkSchema(app, migrationNames);
    const results = await verifyInvariants(app, open(urls.DATABASE_SWEEPER_URL), progress);
    const broken = results.filter((result) => result.broken > 0);
    if (json) print(JSON.stringify({ ok: broken.length === 0, results }, null, 2));
    else for (const line of report(results)) print(line);
    if (broken.length > 0) exitWith(exitCodes.brokenInvariants);
  });

function report(results: readonly InvariantResult[]): string[] {
  const lines = results.map(({ name, meaning, checked, broken, examples }) => {
    const state = broken === 0 ? 'holds ' : 'BROKEN';
    const found = broken === 0 ? `${checked} checked` : `${broken} of ${checked}: ${examples.join(', ')}`;
    return `${state}  ${name.padEnd(18)} ${meaning} (${found})`;
  });
  const broken = results.filter((result) => result.broken > 0).length;
  return [...lines, '', broken === 0 ? 'all invariants hold' : `${broken} invariant(s) broken`];
}
