import type { Stage } from '../stage/stage.js';
import { untilSome } from './backends.js';

/** The lease only: that it has run is not forgotten, and the holder learns of it when it renews. */
const END = `update recording.job_leases set leased_until = now() where leased_until > now()`;

/** Of whatever job runs at the moment, or as soon as one does. Answers how many. */
export const endJobLeases = (stage: Pick<Stage, 'adminUrl'>): Promise<number> => untilSome(stage, END, 'no job runs');
