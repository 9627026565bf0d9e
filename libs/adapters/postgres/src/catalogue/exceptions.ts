/** What the rules of the catalogue let pass, and why. Whatever is not named here is a fault. */

/** Tables that belong to no tenant. */
export const tablesOfNobody: Readonly<Record<string, string>> = {
  'public.migrations': 'names of migrations: read before any tenant is entered',
  'recording.dropped_months': 'when months of all tenants were dropped',
};

/** Unique indexes that their tenant does not lead. */
export const keysWithoutTenant: Readonly<Record<string, string>> = {
  'tenancy.key_directory_pk': 'is asked for the tenant (ADR 0013)',
  'recording.staging_sources_table': 'a table that an ETL fills belongs to one tenant; operators alone add sources',
};

/** `table policy`, for policies of the app that say something else than "its own tenant". */
export const otherPolicies: Readonly<Record<string, string>> = {
  'tenancy.key_directory presented': 'a row is seen by whoever names its prefix, which cannot be guessed (ADR 0013)',
};

/** Functions that run as the owner: what they do is bounded in themselves, and only the sweeper may call them. */
export const definerFunctions: Readonly<Record<string, string>> = {
  'payments.make_partitions(timestamp with time zone, integer)': 'only the owner makes tables',
  'payments.count_strays()': 'only the owner sees a partition; answers a number',
  'tenancy.make_audit_partitions(timestamp with time zone, integer)': 'only the owner makes tables',
  'tenancy.drop_audit_partitions(timestamp with time zone, integer)':
    'only the owner drops tables; not younger than a year',
  'tenancy.count_audit_strays()': 'only the owner sees a partition; answers a number',
  'recording.make_partitions(timestamp with time zone, integer, timestamp with time zone)':
    'only the owner makes tables, and moves payments into their month',
  'recording.drop_partition(timestamp with time zone, timestamp with time zone, integer, bigint)':
    'only the owner drops tables; not younger than three months',
  'recording.count_strays()': 'only the owner sees a partition; answers a number',
  'recording.stray_months(integer)': 'only the owner sees a partition; answers months',
};

/** Rows that are added and never changed or taken away by a login. */
export const appendOnly: Readonly<Record<string, string>> = {
  'payments.payment_history': 'what happened stays',
  'payments.payment_references': 'a reference is unique for ever',
  'tenancy.tenant_audit_log': 'who did what stays',
  'tenancy.tenant_audit_chain': 'proves the audit log',
  'tenancy.key_directory': 'a prefix never gets another tenant',
};
