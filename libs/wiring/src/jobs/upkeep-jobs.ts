import type { Container } from 'inversify';
import { T } from '../tokens.js';
import type { Job } from './job.js';
import { wholeJob } from './whole-job.js';

/** Late payments are out of the default partition before anybody is alarmed by it. */
const MONTHS_EVERY = { everySeconds: 600 };
const CLEAN_UP_EVERY = { everySeconds: 3_600 };

/** What keeps the months of recorded payments and their references. */
export const upkeepJobs = (container: Container): readonly Job[] => [
  wholeJob('partitions', MONTHS_EVERY, async () => {
    const made = await container.get(T.MakeMonths).run();
    if (made.length > 0) container.get(T.Logger).info('months of recorded payments made', { months: made });
    return { more: false };
  }),
  wholeJob('retention', CLEAN_UP_EVERY, async (signal) => {
    const ended = await container.get(T.ExpireMonths).run(signal);
    for (const month of ended) container.get(T.Logger).info('a month of recorded payments is over', { ...month });
    return { more: false };
  }),
  wholeJob('references', CLEAN_UP_EVERY, async () => {
    const { forgotten, more } = await container.get(T.ForgetReferences).run();
    container.get(T.Meter).count('references_forgotten_total', {}, forgotten);
    return { more };
  }),
];
