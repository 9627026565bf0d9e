import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { exportAudit, verifyAudit, type AuditRange, type AuditVerdict } from '@ferry/tenancy';
import { exitCodes, T } from '@ferry/wiring';
import type { Command } from 'commander';
import { JSON_OPTION, time, whole } from '../arguments.js';
import { allTenants, tenantNamed } from '../tenants.js';
import { withEngine } from '../with-engine.js';

const SEQUENCE_MAX = 999_999_999;

/** As fast as the reader takes it: an export may be larger than memory. */
const exportCommand = (tenantId: string, range: AuditRange): Promise<void> =>
  withEngine(async (container) => {
    await tenantNamed(container, tenantId);
    const lines = exportAudit(container.get(T.AuditChain), tenantId, range);
    await pipeline(Readable.from(lines), process.stdout, { end: false });
  });

const said = (tenantId: string, { checked, last }: AuditVerdict): string =>
  last
    ? `${tenantId}: ${checked} entries proven, the last is ${last.sequence} ${last.hash}`
    : `${tenantId}: no entries`;

const verify = (tenantId: string | undefined, { json }: { json?: boolean }): Promise<void> =>
  withEngine(async (container, { print, exitWith }) => {
    const tenants = tenantId === undefined ? allTenants(container) : [await tenantNamed(container, tenantId)];
    for await (const { id } of tenants) {
      const verdict = await verifyAudit(container.get(T.AuditChain), id);
      const { checked, faults, last } = verdict;
      if (faults.length > 0) exitWith(exitCodes.brokenInvariants);
      if (json) print(JSON.stringify({ tenant_id: id, checked, faults, sequence: last?.sequence, hash: last?.hash }));
      else for (const line of faults.length > 0 ? faults : [said(id, verdict)]) print(line);
    }
  });

export function addAuditCommands(program: Command): void {
  const audit = program.command('audit').description('export and prove the audit log');
  audit
    .command('export')
    .description('JSON Lines in the order of the chain, each with its proof; docs/tenancy.md has a check without Ferry')
    .argument('<tenant>')
    .option('--since <time>', 'from this day or time on', time)
    .option('--until <time>', 'until before this day or time', time)
    .option('--after <sequence>', 'behind this entry: the last one of the export before', whole(0, SEQUENCE_MAX))
    .action(exportCommand);
  audit
    .command('verify')
    .description('prove that no entry was changed, taken out or slipped in')
    .argument('[tenant]', 'all when not given')
    .option(...JSON_OPTION)
    .action(verify);
}
