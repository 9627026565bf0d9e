// `node --import ./bench/allocations.mjs PROGRAM`: samples what PROGRAM allocates and writes a .heapprofile into ALLOCATIONS_DIR when it ends.
// Unlike `node --heap-prof` it counts what has been collected meanwhile: garbage is what an allocation costs.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

/** Bytes between two samples: some 1,000 samples for each second at full load, and no cost that shows. */
const SAMPLING_INTERVAL = 128 * 1024;

if (isMainThread) {
  const session = new Session();
  session.connect();
  session.post('HeapProfiler.startSampling', {
    samplingInterval: SAMPLING_INTERVAL,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  process.once('exit', () =>
    session.post('HeapProfiler.stopSampling', (error, result) => {
      const file = join(process.env.ALLOCATIONS_DIR ?? tmpdir(), `allocations.${process.pid}.heapprofile`);
      if (!error) writeFileSync(file, JSON.stringify(result.profile));
    }),
  );
}
