import { RECORDED_EVENT } from '@ferry/recording';
import type { Invariant } from '../invariant-result.js';
import { referenceHash } from './reference-hash.js';

/** Whether what was recorded then, with this payment date, has gone with its month: references and events may outlast it. */
const wentWithItsMonth = (paymentDate: string, recordedAt: string): string =>
  `exists (select from recording.dropped_months d
    where d.month = date_trunc('month', ${paymentDate} at time zone 'UTC')::date and d.dropped_at >= ${recordedAt})`;

const dateOfEvent = `(o.payload::json -> 'payment' ->> 'payment_date')::timestamptz`;

export const recordingInvariants: readonly Invariant[] = [
  {
    name: 'recorded-once',
    meaning: 'no two recorded payments have the same reference number',
    rows: `select max(id::text) as id, count(*) > 1 as broken from recording.payments where tenant_id = $1 group by reference_number`,
  },
  {
    name: 'recorded-held',
    meaning: 'every recorded payment is the holder of its reference number, or is found when that was forgotten',
    rows: `select p.id::text as id, case when r.payment_id is null
          then f.hash is null else r.payment_id <> p.id end as broken
      from recording.payments p
      left join recording.payment_references r on r.tenant_id = $1 and r.reference_number = p.reference_number
      left join recording.forgotten_references f on f.tenant_id = $1 and f.hash = ${referenceHash('p.reference_number')}
        and f.payment_date = p.payment_date
      where p.tenant_id = $1`,
  },
  {
    name: 'recorded-there',
    meaning: 'every reference number names a payment that carries it, unless its month was dropped since',
    rows: `select r.payment_id::text as id, p.id is null and not ${wentWithItsMonth('r.payment_date', 'r.created_at')} as broken
      from recording.payment_references r
      left join recording.payments p on p.tenant_id = $1 and p.id = r.payment_id and p.payment_date = r.payment_date
        and p.reference_number = r.reference_number
      where r.tenant_id = $1`,
  },
  {
    name: 'recorded-told',
    meaning:
      'of a recorded payment one event waits at most, its first, and it is of a payment that is there, unless its month was dropped since',
    rows: `select o.aggregate_id::text as id, count(*) > 1 or min(o.version) <> 1
        or bool_or(p.id is null and not ${wentWithItsMonth(dateOfEvent, 'o.at')}) as broken
      from messaging.outbox o left join recording.payments p on p.tenant_id = $1 and p.id = o.aggregate_id
      where o.tenant_id = $1 and o.event_type = '${RECORDED_EVENT}' group by o.aggregate_id`,
  },
];
