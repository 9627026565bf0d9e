import type { BatchRow, StagingRow } from '../evidence-of-recording.js';
import type { Evidence } from '../evidence.js';
import type { Told } from '../load/telling/told.js';
import { judgeEach, type Verdict } from './verdict.js';

/** What became of every row that the ETL wrote. */
export function judgeStaged(told: Told, { recording: { payments, rows, batches } }: Evidence): readonly Verdict[] {
  const recorded = new Set(payments.map(({ reference }) => reference));
  const written = new Set(rows.map(({ reference }) => reference));
  const isSound = ({ reference }: StagingRow): boolean =>
    told.facts.get(reference)?.row === 'sound' || told.mended.has(reference);
  return [
    judgeEach('etl-kept', 'every row that the ETL wrote is there', [...told.inserted], (reference) =>
      written.has(reference) ? undefined : `${reference} is gone`,
    ),
    judgeEach(
      'rows-accounted',
      'every row is marked: what is sound is recorded, what is bad is noted as such, and nothing is both',
      rows,
      (row) => {
        const { id, reference, processed, bad } = row;
        if (!processed) return `row ${id} (${reference}) is not marked`;
        const [isRecorded, should] = [recorded.has(reference), isSound(row)];
        return isRecorded === should && bad === !should
          ? undefined
          : `row ${id} (${reference}) is ${should ? 'sound' : 'bad'}, ${isRecorded ? '' : 'not '}recorded, ${bad ? '' : 'not '}noted as bad`;
      },
    ),
    judgeEach(
      'batches-add-up',
      'of every batch: processed + duplicate + error = total',
      batches,
      ({ id, total, processed, duplicates, errors }) =>
        processed + duplicates + errors === total
          ? undefined
          : `${id}: ${processed} + ${duplicates} + ${errors} is not ${total}`,
    ),
    judgeEach('log-adds-up', 'the sums of the log are those of the tables', sums(rows, batches, payments), (sum) =>
      sum.logged === sum.there ? undefined : `${sum.what}: ${sum.logged} by the log, ${sum.there} there`,
    ),
  ];
}

interface Sum {
  readonly what: string;
  readonly logged: number;
  readonly there: number;
}

/** Rows that were bad are counted in a batch when they were read first, and once more in every retry. */
function sums(
  rows: readonly StagingRow[],
  batches: readonly BatchRow[],
  payments: readonly { readonly source: string }[],
): readonly Sum[] {
  const total = (of: readonly BatchRow[], part: 'total' | 'processed' | 'duplicates' | 'errors'): number =>
    of.reduce((sum, batch) => sum + batch[part], 0);
  const [firsts, retries] = [batches.filter(({ retry }) => !retry), batches.filter(({ retry }) => retry)];
  const mended = total(retries, 'processed') + total(retries, 'duplicates');
  const staged = payments.filter(({ source }) => source === 'staging').length;
  const bad = rows.filter((row) => row.bad).length;
  return [
    { what: 'rows', logged: total(firsts, 'total'), there: rows.length },
    { what: 'recorded', logged: total(batches, 'processed'), there: staged },
    { what: 'bad', logged: total(firsts, 'errors') - mended, there: bad },
    { what: 'duplicates', logged: total(batches, 'duplicates'), there: rows.length - bad - staged },
  ];
}
