/** The only tables in which the app may look without saying of which tenant. */
export const askedForTheTenant: readonly string[] = ['tenancy.key_directory'];

/**
 * What is run as the sweeper, over all tenants: how each begins, and why. Whatever is found is then done tenant by tenant, as the app. What
 * begins otherwise must name its tenant.
 */
export const sweeperStatements: Readonly<Record<string, string>> = {
  'select tenant_id, id from payments.payments where attention is not null': 'payments that wait for an operator',
  'select count(*) from (select tenant_id from payments.payments where attention is not null': 'how many those are',
  'select tenant_id, idempotency_key from payments.idempotency_keys where expires_at <= $1': 'keys that have expired',
  'select h.tenant_id from tenancy.tenant_home h cross join lateral ( select from messaging.outbox':
    'tenants with events',
  'select tenant_id, aggregate_id from messaging.parked_aggregates': 'events that are kept back',
  'select count(*) as waiting, min(at) as oldest from ( select at from messaging.outbox':
    'how many events wait, since when',
  'select h.tenant_id from tenancy.tenant_home h cross join lateral ( select from payments.payments':
    'whose payments are due, whose usage to count',
  'select tenant_id, metric_date::text as day from tenancy.tenant_metrics': 'days whose usage may still change',
  'select distinct tenant_id from tenancy.tenant_audit_pending': 'tenants whose audit log grows its chain',
  'select tenant_id, tenant_name, status, mode, twin_id, created_at from tenancy.tenants': 'the list of tenants',
  'select tenant_id from tenancy.tenant_home order by tenant_id': 'ferry verify: whom to check',
  'select coalesce(h.tenant_id, t.tenant_id) as id': 'ferry verify: a twin is another tenant',
  'select tenant_id, job, holder, leased_until': 'the list of jobs, for operators',
  'select tenant_id, table_name, business_unit_id, currency, time_zone, enabled':
    'which tables are drained, and for whom',
  'select count(*) from (select tenant_id from recording.staging_errors': 'how many rows were given up',
  'select tenant_id, id from recording.rejected_webhooks where last_received_at': 'bodies that are kept no longer',
  'select h.tenant_id from tenancy.tenant_home h cross join lateral ( select from recording.payments':
    'who has payments in a month that is archived',
  'select tenant_id, hash from recording.forgotten_references': 'hashes whose payments are gone',
  'select tenant_id, reference_number from recording.payment_references where created_at < $1':
    'references to be forgotten',
  // Inside of functions that run as the owner.
  'not exists (select from recording.payments_default)': 'make_partitions: whether anything lies outside of months',
  'select count(*) from recording.payments_default': 'count_strays',
  "select distinct date_trunc('month', payment_date) from recording.payments_default": 'the months of what lies there',
  'with moved as (delete from recording.payments_default': 'make_partitions: what was there before its month',
  'select (select count(*) from payments.payments_default)': 'count_strays',
  'select count(*) from tenancy.tenant_audit_log_default': 'count_audit_strays',
  'select greatest(p_days, max((config_value': 'drop_audit_partitions: how long anybody wants it kept',
  'delete from tenancy.tenant_audit_chain c using': 'drop_audit_partitions: with the month goes its chain',
};
