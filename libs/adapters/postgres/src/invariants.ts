import { transitions } from '@ferry/payments';
import { RECORDED_EVENT } from '@ferry/recording';
import { verifyCatalogue } from './catalogue/verify-catalogue.js';
import type { Database } from './database.js';
import type { Invariant, InvariantResult } from './invariant-result.js';
import { recordingInvariants } from './recording/verify-recording.js';
import { verifyTenancy } from './tenancy/verify-tenancy.js';

const legalSteps = Object.entries(transitions)
  .flatMap(([from, tos]) => tos.map((to) => `('${from}', '${to}')`))
  .join(', ');
const terminal = `('SUCCESS', 'FAILED', 'CANCELLED')`;

const invariants: readonly Invariant[] = [
  {
    name: 'history-complete',
    meaning: 'every payment has the history rows 1 to its version, and the last one names its status',
    rows: `select p.id::text as id,
        h.steps is distinct from p.version or h.first is distinct from 1 or h.last is distinct from p.version
          or h.last_status is distinct from p.status as broken
      from payments.payments p left join (
        select payment_id, count(*) as steps, min(version) as first, max(version) as last,
          (array_agg(to_status order by version desc))[1] as last_status
        from payments.payment_history where tenant_id = $1 group by payment_id) h on h.payment_id = p.id
      where p.tenant_id = $1`,
  },
  {
    name: 'history-legal',
    meaning: 'every step of every history is one that the life of a payment allows, and continues the step before',
    rows: `select payment_id::text as id,
        case when version = 1 then from_status is not null or to_status <> 'PENDING'
          else from_status is distinct from before or (from_status, to_status) not in (${legalSteps}) end as broken
      from (select *, lag(to_status) over (partition by payment_id order by version) as before
        from payments.payment_history where tenant_id = $1) h`,
  },
  {
    name: 'ended-once',
    meaning: 'no payment has ended twice',
    rows: `select payment_id::text as id, count(*) filter (where to_status in ${terminal}) > 1 as broken
      from payments.payment_history where tenant_id = $1 group by payment_id`,
  },
  {
    name: 'reference-unique',
    meaning: 'every payment is the holder of its reference, and every reference names a payment that carries it',
    rows: `select coalesce(p.id, r.payment_id)::text as id,
        p.id is null or r.payment_id is distinct from p.id as broken
      from (select * from payments.payments where tenant_id = $1) p
      full join (select * from payments.payment_references where tenant_id = $1) r on r.reference = p.reference`,
  },
  {
    name: 'key-answers',
    meaning: 'every idempotency key names a payment that exists',
    rows: `select k.payment_id::text as id, p.id is null as broken
      from payments.idempotency_keys k
      left join payments.payments p on p.tenant_id = k.tenant_id and p.id = k.payment_id where k.tenant_id = $1`,
  },
  {
    name: 'outbox-gapless',
    meaning: 'the events that wait are, for each payment, the last ones up to its version, without a gap',
    rows: `select o.aggregate_id::text as id,
        p.version is null or max(o.version) <> p.version or count(*) <> max(o.version) - min(o.version) + 1 as broken
      from messaging.outbox o
      left join payments.payments p on p.tenant_id = o.tenant_id and p.id = o.aggregate_id
      where o.tenant_id = $1 and o.event_type <> '${RECORDED_EVENT}' group by o.aggregate_id, p.version`,
  },
  {
    name: 'nothing-stuck',
    meaning: 'every payment that has not ended is due some time and watched by the sweeper, or parked with a reason',
    rows: `select id::text as id,
        (next_attempt_at is null and attention is null) or (next_attempt_at is null) <> (sweep_at is null) as broken
      from payments.payments where tenant_id = $1 and status not in ${terminal}`,
  },
];

/** Examples printed per rule. */
const EXAMPLES_MAX = 5;

/** Checks every invariant over every tenant. Reads one snapshot per rule and tenant; a running engine is no hindrance. */
export async function verifyInvariants(
  app: Database,
  sweeper: Database,
  progress: (done: string) => void = () => {},
): Promise<readonly InvariantResult[]> {
  const tenants = await sweeper.transaction((session) =>
    session.rows<{ tenant_id: string }>({ text: 'select tenant_id from tenancy.tenant_home order by tenant_id' }),
  );
  const results: InvariantResult[] = [];
  for (const { name, meaning, rows } of [...invariants, ...recordingInvariants]) {
    const sum = { checked: 0, broken: 0, examples: [] as string[] };
    for (const { tenant_id } of tenants) {
      const [found] = await app.tenant(tenant_id, (session) =>
        session.rows<{ checked: string; broken: string; examples: string[] | null }>({
          text: `select count(*) as checked, count(*) filter (where broken) as broken,
              (array_agg(id order by id) filter (where broken))[1:${EXAMPLES_MAX}] as examples
            from (${rows}) as rule`,
          values: [tenant_id],
        }),
      );
      sum.checked += Number(found?.checked ?? 0);
      sum.broken += Number(found?.broken ?? 0);
      sum.examples.push(...(found?.examples ?? []));
    }
    results.push({ name, meaning, ...sum, examples: sum.examples.slice(0, EXAMPLES_MAX) });
    progress(name);
  }
  const ids = tenants.map(({ tenant_id }) => tenant_id);
  return [
    ...results,
    await noStrays(sweeper),
    ...(await verifyTenancy(app, sweeper, ids, progress)),
    await verifyCatalogue(app),
  ];
}

/** Rows in a default partition mean that partitions were not made ahead, and block making them. */
async function noStrays(sweeper: Database): Promise<InvariantResult> {
  const [row] = await sweeper.transaction((session) =>
    session.rows<{ strays: string; partitions: string }>({
      text: `select payments.count_strays() + tenancy.count_audit_strays() as strays, count(*) as partitions
        from pg_inherits where inhparent in
          ('payments.payments'::regclass, 'payments.payment_history'::regclass, 'tenancy.tenant_audit_log'::regclass)`,
    }),
  );
  return {
    name: 'no-strays',
    meaning: 'no payment, no history and no audit entry lies outside the monthly partitions',
    checked: Number(row?.partitions ?? 0),
    broken: Number(row?.strays ?? 0),
    examples: [],
  };
}
