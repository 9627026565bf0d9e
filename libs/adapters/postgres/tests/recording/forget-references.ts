import type { Database } from '@ferry/postgres';

type Session = Parameters<Parameters<Database['tenant']>[1]>[0];

/** What the clean-up of references does, for the references of a test: takes them away and says where to look for them, in one transaction. */
export const forgetReferences = (app: Database, tenantId: string, references: readonly string[]): Promise<unknown> =>
  app.tenant(tenantId, (session) => forget(session, tenantId, references));

export const forget = (session: Session, tenantId: string, references: readonly string[]): Promise<unknown> =>
  session.query({
    text: `with gone as (
        delete from recording.payment_references where tenant_id = $1 and reference_number = any($2)
        returning tenant_id, payment_date)
      insert into recording.forgotten_references as f (tenant_id, first_date, last_date)
      select tenant_id, min(payment_date), max(payment_date) from gone group by tenant_id
      on conflict (tenant_id) do update set first_date = least(f.first_date, excluded.first_date),
        last_date = greatest(f.last_date, excluded.last_date)`,
    values: [tenantId, references],
  });
