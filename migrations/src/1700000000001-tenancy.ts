import { roles } from './bootstrap.js';
import { ForwardOnly } from './forward-only.js';
import { assertThat, distribute, isolated, isolateTenants, letSweeperSee } from './statements.js';

/** The tenants' home, to which all tenant tables are colocated, and the one door by which a tenant is entered. */
export class Tenancy1700000000001 extends ForwardOnly {
  readonly name = 'Tenancy1700000000001';

  protected statements(): readonly string[] {
    return [
      `create schema tenancy`,
      `grant usage on schema tenancy to ${roles.app}, ${roles.sweeper}`,
      // SET LOCAL instead of set_config(): Citus hands only the former on to its workers (citus-notes.md section 3).
      `create function tenancy.enter(p_tenant text) returns void language plpgsql as
       $$ begin execute format('set local app.current_tenant_id = %L', p_tenant); end $$`,
      `create table tenancy.tenant_home (
         tenant_id varchar(20) not null,
         created_at timestamptz not null,
         constraint tenant_home_pk primary key (tenant_id)
       )`,
      `insert into tenancy.tenant_home (tenant_id, created_at) values ('default', now())`,
      distribute('tenancy.tenant_home'),
      ...isolateTenants('tenancy.tenant_home'),
      `create policy owner on tenancy.tenant_home to ${roles.owner} using (true) with check (true)`,
      `grant select on tenancy.tenant_home to ${roles.app}`,
      ...letSweeperSee('tenancy.tenant_home', ['tenant_id']),
      `grant select on public.migrations to ${roles.app}, ${roles.sweeper}`,
      assertThat(isolated('tenancy.tenant_home'), 'tenant_home is isolated'),
      assertThat(`(select count(*) = 1 from tenancy.tenant_home)`, 'the default tenant exists'),
    ];
  }
}
