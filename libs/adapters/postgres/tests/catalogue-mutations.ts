/** What is done to a migrated database, and what the rules of the catalogue must then say of it: that, and nothing else. */
type Mutation = readonly [what: string, statements: readonly string[], findings: readonly string[]];

const itsOwn = `tenant_id = current_setting('app.current_tenant_id', true)`;

/** A table as it should be, with these columns. */
const made = (columns: string): string[] => [
  `create table payments.made (${columns})`,
  `alter table payments.made owner to ferry_owner`,
  `alter table payments.made enable row level security`,
  `alter table payments.made force row level security`,
  `create policy tenant on payments.made to ferry_app using (${itsOwn}) with check (${itsOwn})`,
];
const keyed = 'tenant_id varchar(20) not null, id uuid, primary key (tenant_id, id)';
const helper = [`create role ferry_test_helper`, `grant ferry_test_helper to ferry_app`];
const alone = 'logins-alone: ferry_app ferry_test_helper';
const definer = [
  `create function payments.deep() returns int language sql security definer set search_path = pg_catalog as 'select 1'`,
  `alter function payments.deep() owner to ferry_owner`,
];
const view = (options: string): string[] => [
  `create view payments.seen ${options} as select * from payments.payments`,
  `alter view payments.seen owner to ferry_owner`,
];

const tables: readonly Mutation[] = [
  [
    'a table of ours without a tenant',
    [`create table payments.loose (id uuid primary key)`, `alter table payments.loose owner to ferry_owner`],
    ['tenant-or-named: payments.loose'],
  ],
  [
    'a staging table that everybody sees',
    [`alter table public.payment_staging disable row level security`],
    ['tenant-or-named: public.payment_staging'],
  ],
  [
    'a staging table with a wider policy',
    [`create policy wide on public.payment_staging for select to ferry_app using (true)`],
    ['tenant-or-named: public.payment_staging'],
  ],
  [
    'a staging table that the sweeper sees',
    [`create policy wide on public.payment_staging for select to ferry_sweeper using (true)`],
    ['tenant-or-named: public.payment_staging'],
  ],
  [
    'a staging table that is shown to the tenant of another one',
    [`alter policy drained on public.payment_staging using ((select recording.drains('public.other')))`],
    ['tenant-or-named: public.payment_staging'],
  ],
  [
    'a table of somebody else that everybody may read',
    [`create table public.someones (id int)`, `grant select on public.someones to public`],
    ['tenant-or-named: public.someones'],
  ],
  [
    'a longer tenant_id',
    made('tenant_id varchar(30), id uuid, primary key (tenant_id, id)'),
    ['tenant-typed: payments.made'],
  ],
  [
    'a tenant_id that may be missing',
    made('tenant_id varchar(20), id uuid'),
    ['tenant-typed: payments.made', 'primary-key-there: payments.made'],
  ],
  [
    'row security switched off',
    [`alter table payments.payments disable row level security`],
    ['row-security-forced: payments.payments'],
  ],
  [
    'row security not forced',
    [`alter table messaging.outbox no force row level security`],
    ['row-security-forced: messaging.outbox'],
  ],
  ['no policy', [`drop policy tenant on messaging.outbox`], ['policy-there: messaging.outbox']],
  [
    'a policy of nobody',
    [`drop policy tenant on messaging.outbox`, `create policy tenant on messaging.outbox to ferry_owner using (true)`],
    ['policy-there: messaging.outbox'],
  ],
  [
    'a second policy that is wider',
    [`create policy wide on messaging.outbox for select to ferry_app using (true)`],
    ['policy-by-tenant: messaging.outbox wide'],
  ],
  [
    'a wider policy by way of another role',
    [...helper, `create policy wide on messaging.outbox for select to ferry_test_helper using (true)`],
    ['policy-by-tenant: messaging.outbox wide', alone],
  ],
  [
    'a policy for everybody',
    [`create policy wide on messaging.outbox for select using (true)`],
    ['policy-by-tenant: messaging.outbox wide'],
  ],
  [
    'a policy that lets anything be written',
    [`alter policy tenant on messaging.outbox with check (true)`],
    ['policy-by-tenant: messaging.outbox tenant'],
  ],
  [
    'a policy that lets anything be added',
    [`create policy wide on messaging.outbox for insert to ferry_app with check (true)`],
    ['policy-by-tenant: messaging.outbox wide'],
  ],
  [
    'a policy by which the sweeper writes',
    [`create policy wide on messaging.outbox for delete to ferry_sweeper using (true)`],
    ['policy-of-sweeper: messaging.outbox wide'],
  ],
  [
    'no primary key',
    [`alter table messaging.relay_leases drop constraint relay_leases_pk`],
    ['primary-key-there: messaging.relay_leases'],
  ],
  [
    'a primary key that something else leads',
    made('tenant_id varchar(20), id uuid, primary key (id, tenant_id)'),
    ['tenant-leads-keys: payments.made_pkey'],
  ],
  [
    'a unique index over all tenants',
    [`create unique index loose on messaging.relay_leases (holder)`],
    ['tenant-leads-keys: messaging.loose'],
  ],
  [
    'a unique index over an expression',
    [`create unique index loose on messaging.relay_leases (lower(tenant_id), holder)`],
    ['tenant-leads-keys: messaging.loose'],
  ],
  [
    'a unique index over all tenants, on a partition',
    [`create unique index loose on payments.payments_default (id)`],
    ['tenant-leads-keys: payments.loose'],
  ],
  [
    'a foreign key without the tenant',
    [
      `alter table messaging.relay_leases add column home varchar(20)`,
      `alter table messaging.relay_leases add foreign key (home) references tenancy.tenants`,
    ],
    ['tenant-leads-foreign-keys: messaging.relay_leases relay_leases_home_fkey'],
  ],
  [
    'a foreign key that takes the tenant for something else',
    [
      ...made(`${keyed}, other varchar(20) unique`),
      `alter table messaging.relay_leases add foreign key (tenant_id) references payments.made (other)`,
    ],
    [
      'tenant-leads-keys: payments.made_other_key',
      'tenant-leads-foreign-keys: messaging.relay_leases relay_leases_tenant_id_fkey',
    ],
  ],
  [
    'a rule that writes elsewhere, as the owner',
    [
      `create rule copy as on insert to messaging.outbox do also insert into messaging.relay_leases values ('other', 'x', now())`,
    ],
    ['no-rewriting: messaging.outbox copy'],
  ],
  ['a view that sees what its owner sees', view(''), ['views-as-caller: payments.seen']],
  ['a view that says so', view('with (security_invoker = off)'), ['views-as-caller: payments.seen']],
  [
    'a view of somebody else that the app may read',
    [`create view public.seen as select 1 as one`, `grant select on public.seen to ferry_app`],
    ['views-as-caller: public.seen'],
  ],
  [
    'a materialised view',
    [
      `create materialized view payments.kept as select * from payments.payments`,
      `alter materialized view payments.kept owner to ferry_owner`,
    ],
    ['views-as-caller: payments.kept'],
  ],
];

const logins: readonly Mutation[] = [
  [
    'a partition that the app may read',
    [`grant select on payments.payments_default to ferry_app`],
    ['partitions-closed: payments.payments_default ferry_app SELECT'],
  ],
  [
    'a column of a partition that everybody may read',
    [`grant select (payment_id) on payments.payment_history_default to public`],
    [
      'partitions-closed: payments.payment_history_default ferry_app SELECT',
      'partitions-closed: payments.payment_history_default ferry_sweeper SELECT',
    ],
  ],
  [
    'a table that may be emptied',
    [`grant truncate on messaging.outbox to ferry_app`],
    ['rows-only: messaging.outbox ferry_app TRUNCATE'],
  ],
  [
    'a table that may get triggers',
    [`grant trigger on messaging.outbox to ferry_app`],
    ['rows-only: messaging.outbox ferry_app TRIGGER'],
  ],
  [
    'a history of which a column may be changed',
    [`grant update (reason) on payments.payment_history to ferry_app`],
    ['append-only: payments.payment_history ferry_app UPDATE'],
  ],
  [
    'an audit log of which rows may be deleted, by way of another role',
    [...helper, `grant delete on tenancy.tenant_audit_log to ferry_test_helper`],
    ['append-only: tenancy.tenant_audit_log ferry_app DELETE', alone],
  ],
  [
    'a history that is called something else',
    [`alter table payments.payment_history rename to past`],
    ['append-only: payments.payment_history is not there'],
  ],
  [
    'a sweeper that writes',
    [`grant insert on messaging.outbox to ferry_sweeper`],
    ['sweeper-looks-only: messaging.outbox INSERT'],
  ],
  [
    'a sweeper that sees all columns',
    [`grant select on messaging.outbox to ferry_sweeper`],
    ['sweeper-looks-only: messaging.outbox SELECT'],
  ],
  ['a login that bypasses row security', [`alter role ferry_sweeper bypassrls`], ['logins-weak: ferry_sweeper']],
  ['a login that makes roles', [`alter role ferry_app createrole`], ['logins-weak: ferry_app']],
  ['a login that replicates', [`alter role ferry_app replication`], ['logins-weak: ferry_app']],
  ['an owner who logs in', [`alter role ferry_owner login`], ['logins-weak: ferry_owner']],
  [
    'a login that owns something',
    [
      `create function payments.mine() returns int language sql as 'select 1'`,
      `alter function payments.mine() owner to ferry_app`,
    ],
    ['logins-own-nothing: ferry_app function payments.mine()'],
  ],
  ['a login that can become another role', helper, [alone]],
  ['a definer function that is on no list', definer, ['definers-named: payments.deep()']],
  [
    'a definer function that no login may call, and a trigger does',
    [
      `create function payments.told() returns trigger language plpgsql security definer set search_path = pg_catalog as
       'begin return new; end'`,
      `alter function payments.told() owner to ferry_owner`,
      `revoke execute on function payments.told() from public`,
      `create trigger told before insert on messaging.outbox for each row execute function payments.told()`,
    ],
    ['definers-named: payments.told()'],
  ],
  [
    'a definer function for the app',
    [`grant execute on function payments.count_strays() to ferry_app`],
    ['definers-named: payments.count_strays()'],
  ],
  [
    'a definer function that looks wherever its caller says',
    [`alter function payments.make_partitions(timestamptz, integer) reset search_path`],
    ['definers-named: payments.make_partitions(timestamp with time zone, integer)'],
  ],
  [
    'a definer function of an administrator',
    [`alter function payments.count_strays() owner to current_user`],
    ['definers-named: payments.count_strays()'],
  ],
  [
    'a schema to make things in',
    [`grant create on schema public to public`],
    ['nothing-made: ferry_app public', 'nothing-made: ferry_sweeper public'],
  ],
  [
    'tables that are open as they are made',
    [`alter default privileges for role ferry_owner in schema payments grant select on tables to ferry_app`],
    ['nothing-by-default: ferry_owner ferry_app'],
  ],
];

export const mutations: readonly Mutation[] = [...tables, ...logins];

/** Neighbours of the faults above that are none. */
export const harmless: readonly (readonly [what: string, statements: readonly string[]])[] = [
  ['a table as it should be', made(keyed)],
  [
    'a staging table of an ETL of its own',
    [
      `create role ferry_test_etl`,
      `create table public.shop_staging (like public.payment_staging)`,
      `alter table public.shop_staging owner to ferry_test_etl`,
      `select recording.prepare_staging('public.shop_staging')`,
    ],
  ],
  ['a table of somebody else that no login can reach', [`create table public.someones (id int)`]],
  [
    'a policy that narrows',
    [`create policy narrow on messaging.outbox as restrictive to ferry_app using (version < 100)`],
  ],
  [
    'a foreign key with its tenant',
    [`alter table messaging.relay_leases add foreign key (tenant_id) references tenancy.tenants`],
  ],
  ['an index that is not unique', [`create index loose on messaging.relay_leases (holder)`]],
  ['a view that sees what its caller sees', view('with (security_invoker)')],
  ['a definer function that no login may call', [...definer, `revoke execute on function payments.deep() from public`]],
  ['a function that runs as its caller', [...definer, `alter function payments.deep() security invoker`]],
];
