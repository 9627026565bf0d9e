import { roles } from './bootstrap.js';
import { ForwardOnly } from './forward-only.js';
import { assertThat, distribute, isolated, isolateTenants, letSweeperSee } from './statements.js';

const tables = [
  `create table tenancy.tenants (
     tenant_id varchar(20) not null,
     tenant_name varchar(100) not null,
     status varchar(20) not null,
     mode varchar(10) not null,
     twin_id varchar(20),
     created_at timestamptz not null,
     updated_at timestamptz not null,
     constraint tenants_pk primary key (tenant_id),
     constraint tenants_status_known check (status in ('ACTIVE', 'SUSPENDED')),
     constraint tenants_mode_known check (mode in ('live', 'test'))
   )`,
  `create table tenancy.business_units (
     tenant_id varchar(20) not null,
     business_unit_id varchar(30) not null,
     business_unit_name varchar(100) not null,
     created_at timestamptz not null,
     constraint business_units_pk primary key (tenant_id, business_unit_id)
   )`,
  `create table tenancy.tenant_users (
     tenant_id varchar(20) not null,
     subject varchar(255) not null,
     role varchar(20) not null,
     business_unit_id varchar(30),
     created_at timestamptz not null,
     removed_at timestamptz,
     constraint tenant_users_pk primary key (tenant_id, subject),
     constraint tenant_users_role_known check (role in ('viewer', 'operator', 'admin', 'auditor'))
   )`,
  // Two kinds of rows: every version of the settings, and secrets, each under a key of its own.
  `create table tenancy.tenant_configs (
     tenant_id varchar(20) not null,
     config_key varchar(120) not null,
     version integer not null,
     config_value text not null,
     is_encrypted boolean not null,
     encryption_key_id varchar(40),
     created_at timestamptz not null,
     expires_at timestamptz,
     constraint tenant_configs_pk primary key (tenant_id, config_key, version),
     constraint tenant_configs_sealed check (is_encrypted = (encryption_key_id is not null)),
     constraint tenant_configs_secrets_sealed check (is_encrypted or config_key = 'settings')
   )`,
  `create table tenancy.tenant_metrics (
     tenant_id varchar(20) not null,
     metric_date date not null,
     metric_name varchar(30) not null,
     currency varchar(3) not null,
     metric_value numeric(30, 0) not null,
     counted_at timestamptz not null,
     constraint tenant_metrics_pk primary key (tenant_id, metric_date, metric_name, currency),
     constraint tenant_metrics_counts check (metric_value >= 0)
   )`,
  `create index tenant_metrics_open on tenancy.tenant_metrics (counted_at) where metric_name = 'open' and metric_value > 0`,
];

/** Every tenant that is there already gets its row; `default` also gets its twin, so that both modes can be tried at once. */
const existing = [
  `insert into tenancy.tenant_home (tenant_id, created_at)
   select 'default-test', created_at from tenancy.tenant_home where tenant_id = 'default' on conflict do nothing`,
  `insert into tenancy.tenants (tenant_id, tenant_name, status, mode, twin_id, created_at, updated_at)
   select tenant_id,
     case tenant_id when 'default' then 'Default' when 'default-test' then 'Default (test)' else tenant_id end,
     'ACTIVE', case tenant_id when 'default-test' then 'test' else 'live' end,
     case tenant_id when 'default' then 'default-test' when 'default-test' then 'default' end, created_at, created_at
   from tenancy.tenant_home`,
  `insert into tenancy.business_units (tenant_id, business_unit_id, business_unit_name, created_at)
   select tenant_id, 'default', 'Default', created_at from tenancy.tenant_home`,
];

/** Who the tenants are, what they decided, whom they let in, and what they used. */
export class Tenants1700000000007 extends ForwardOnly {
  readonly name = 'Tenants1700000000007';

  protected statements(): readonly string[] {
    const all = ['tenants', 'business_units', 'tenant_users', 'tenant_configs', 'tenant_metrics'].map(
      (table) => `tenancy.${table}`,
    );
    return [
      ...tables,
      ...existing,
      ...all.map((table) => distribute(table)),
      ...all.flatMap(isolateTenants),
      // A login that may enter any tenant may make one: it must enter it to do so, and can write nowhere else.
      `grant insert on tenancy.tenant_home to ${roles.app}`,
      `grant select, insert on ${all.join(', ')} to ${roles.app}`,
      `grant update (tenant_name, status, updated_at) on tenancy.tenants to ${roles.app}`,
      `grant update (role, business_unit_id, removed_at) on tenancy.tenant_users to ${roles.app}`,
      `grant update (config_value, encryption_key_id, expires_at) on tenancy.tenant_configs to ${roles.app}`,
      `grant update (metric_value, counted_at) on tenancy.tenant_metrics to ${roles.app}`,
      ...letSweeperSee('tenancy.tenants', ['tenant_id', 'tenant_name', 'status', 'mode', 'twin_id', 'created_at']),
      ...letSweeperSee('tenancy.tenant_metrics', [
        'tenant_id',
        'metric_date',
        'metric_name',
        'metric_value',
        'counted_at',
      ]),
      ...all.map((table) => assertThat(isolated(table), `${table} is isolated`)),
      assertThat(
        `not has_table_privilege('${roles.app}', 'tenancy.tenants', 'delete, truncate')
         and not has_column_privilege('${roles.app}', 'tenancy.tenants', 'mode', 'update')`,
        'the app cannot take a tenant away, nor turn a test tenant into a live one',
      ),
    ];
  }
}
