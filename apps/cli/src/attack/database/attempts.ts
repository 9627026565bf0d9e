import type pg from 'pg';
import type { Relation } from './relations.js';

export interface Tenants {
  readonly victim: string;
  readonly attacker: string;
}

export interface Attempted extends pg.QueryConfig {
  readonly what: string;
}

interface Standing {
  readonly as: string;
  readonly enter: string | undefined;
}

/** Another tenant, none in every form, and names that are nearly the victim's. */
export const standings = ({ victim, attacker }: Tenants): readonly Standing[] => {
  const upper = victim.toUpperCase();
  return [
    { as: 'another tenant', enter: attacker },
    { as: 'no tenant', enter: undefined },
    { as: 'the empty tenant', enter: '' },
    { as: 'the victim with a space', enter: `${victim} ` },
    { as: 'the victim in other letters', enter: upper === victim ? victim.toLowerCase() : upper },
    { as: 'a pattern', enter: '%' },
  ].filter(({ enter }) => enter !== victim);
};

/** What a tenant could try with one table or view. `enter`: the tenant that it says it is. */
export function attemptsOn(
  { name, updatable }: Relation,
  { victim, attacker }: Tenants,
  enter: string | undefined,
): readonly Attempted[] {
  const own = enter === attacker;
  const columns = updatable.length > 0 ? updatable : ['tenant_id'];
  const asTheyAre = columns.map((column) => `${column} = ${column}`).join(', ');
  const attempt = (what: string, text: string, ...values: unknown[]): Attempted => ({ what, text, values });
  return [
    attempt('read', `select 1 from ${name} where tenant_id = $1`, victim),
    // Whatever the setting is, a row of somebody else is one too many.
    attempt('read all', `select 1 from ${name} where $1 <> tenant_id or not $2`, attacker, own),
    attempt('lock', `select 1 from ${name} where tenant_id = $1 for update`, victim),
    // Policies are checked before constraints: a row that lacks everything else shows whether they were.
    attempt('insert', `insert into ${name} (tenant_id) values ($1)`, victim),
    attempt('update', `update ${name} set ${asTheyAre} where tenant_id = $1`, victim),
    attempt('take over', `update ${name} set tenant_id = $2 where tenant_id = $1`, victim, attacker),
    attempt('delete', `delete from ${name} where tenant_id = $1`, victim),
    // Without a condition nothing is read, and the policy of reading protects nothing.
    ...(own
      ? [attempt('give away', `update ${name} set tenant_id = $1`, victim)]
      : [
          attempt('update all', `update ${name} set ${columns[0]} = null`),
          attempt('delete all', `delete from ${name}`),
        ]),
  ];
}
