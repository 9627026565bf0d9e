import type { Database } from '@ferry/postgres';

type Session = Parameters<Parameters<Database['tenant']>[1]>[0];

/** What the clean-up of references does, for the references of a test, however young: takes them away and says where the payments lie. */
export const forgetReferences = (app: Database, tenantId: string, references: readonly string[]): Promise<unknown> =>
  app.tenant(tenantId, (session) => forget(session, tenantId, references));

export const forget = (session: Session, tenantId: string, references: readonly string[]): Promise<unknown> =>
  session.query({
    text: `with gone as (
        delete from recording.payment_references where tenant_id = $1 and reference_number = any($2)
        returning tenant_id, reference_number, payment_date)
      insert into recording.forgotten_references (tenant_id, hash, payment_date)
      select tenant_id, substr(sha256(convert_to(reference_number, 'UTF8')), 1, 8), payment_date from gone on conflict do nothing`,
    values: [tenantId, references],
  });
