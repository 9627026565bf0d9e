import { userInfo } from 'node:os';
import { silentMeter } from '@ferry/kernel';
import { migrationNames } from '@ferry/migrations';
import { checkSchema } from '@ferry/postgres';
import type { Occasion } from '@ferry/tenancy';
import { composeEngine, T } from '@ferry/wiring';
import { databaseUrls } from './embedded-database.js';
import { runTool, type Tool } from './run-tool.js';
import { toolSettings } from './settings.js';

export type Engine = ReturnType<typeof composeEngine>;

/** Runs a command on the engine: of the settings' database, or the embedded one. Nothing but the database is connected. */
export const withEngine = (run: (container: Engine, tool: Tool) => Promise<void>): Promise<void> =>
  runTool(toolSettings, async (given, tool) => {
    const { logger, lifecycle } = tool;
    const settings = { ...given, ...(await databaseUrls(given, lifecycle, logger)) };
    const container = composeEngine({ settings, workerSettings: settings, logger, meter: silentMeter, lifecycle });
    await checkSchema(container.get(T.AppDatabase), migrationNames);
    await run(container, tool);
  });

/** Who sits at this command line, for the audit log. */
export const operator = (): Occasion => ({ actor: { kind: 'operator', id: userInfo().username } });

/** A command that could not do what was asked: said in words, exit code 1. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** A table for people: columns as wide as they need to be. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** A time in a table for people. */
export const minute = (time: Date | undefined): string => time?.toISOString().slice(0, 16) ?? '-';
