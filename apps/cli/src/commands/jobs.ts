import type { JobRecord } from '@ferry/recording';
import { recordingJobs, T, type Job } from '@ferry/wiring';
import type { Command } from 'commander';
import { JSON_OPTION } from '../arguments.js';
import { minute, Refused, table, withEngine } from '../with-engine.js';

const list = ({ json }: { json?: boolean }): Promise<void> =>
  withEngine(async (container, { print }) => {
    const records = await container.get(T.JobLeases).list();
    if (json) return records.forEach((record) => print(JSON.stringify(shown(record))));
    const jobs = recordingJobs(container).map(({ name, schedule }) => [name, scheduled(schedule)]);
    const runs = records.map((one) => [
      one.job,
      one.tenantId,
      one.lastOutcome ?? '-',
      minute(one.lastStartedAt),
      minute(one.lastFinishedAt),
      minute(one.lastSucceededAt),
      one.lastError ?? '',
    ]);
    for (const line of table([['job', 'schedule'], ...jobs])) print(line);
    print('');
    for (const line of table([['run', 'tenant', 'outcome', 'started', 'finished', 'done', 'error'], ...runs]))
      print(line);
  });

const scheduled = (schedule: Job['schedule']): string =>
  'cron' in schedule ? `${schedule.cron} (UTC)` : `every ${schedule.everySeconds} s`;

const shown = (record: JobRecord) => ({
  job: record.job,
  tenant_id: record.tenantId,
  holder: record.holder,
  leased_until: record.leasedUntil,
  last_started_at: record.lastStartedAt,
  last_finished_at: record.lastFinishedAt,
  last_outcome: record.lastOutcome,
  last_error: record.lastError,
  last_succeeded_at: record.lastSucceededAt,
});

const run = (name: string): Promise<void> =>
  withEngine(async (container, { print, progress }) => {
    const jobs = recordingJobs(container);
    const job = jobs.find((one) => one.name === name);
    if (!job) throw new Refused(`there is no job ${name}: ${jobs.map((one) => one.name).join(', ')}`);
    progress(`${name} runs`);
    const { ran, elsewhere, failed } = await container.get(T.JobRunner).run(job, new AbortController().signal);
    if (failed.length > 0) throw failed[0];
    if (ran === 0 && elsewhere > 0) throw new Refused(`${name} is being run by another process`);
    print(`${name} is done${elsewhere > 0 ? `; ${elsewhere} part(s) of it are being run by another process` : ''}`);
  });

export function addJobCommands(program: Command): void {
  const jobs = program.command('jobs').description('what is done on a schedule, how it went, and doing it at once');
  jobs
    .command('list')
    .description('the jobs, and the last run of each')
    .option(...JSON_OPTION)
    .action(list);
  jobs
    .command('run')
    .description('run a job now, unless another process runs it; Ctrl-C leaves nothing half done')
    .argument('<name>')
    .action(run);
}
