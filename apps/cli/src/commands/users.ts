import { operatorGrantor, roles, type Role, type TenantUser, type UserGrantFault } from '@ferry/tenancy';
import { T } from '@ferry/wiring';
import { Option, type Command } from 'commander';
import { JSON_OPTION } from '../arguments.js';
import { tenantNamed } from '../tenants.js';
import { minute, operator, Refused, table, withEngine, type Engine } from '../with-engine.js';

const PAGE = 500;

interface PutOptions {
  readonly role: Role;
  readonly unit?: string;
  readonly json?: boolean;
}

const refusals: Record<UserGrantFault | 'is-in' | 'missing', string> = {
  'bad-subject': 'the subject must have 1 to 255 characters that can be stored and shown',
  'no-unit': 'the tenant has no such business unit',
  'scope-not-held': 'a role that may not be granted',
  'unit-not-held': 'a business unit that may not be granted',
  'is-in': 'the person is let in already: users change',
  missing: 'the person is not let in: users let-in',
};

const put =
  (how: 'letIn' | 'change') =>
  (tenantId: string, subject: string, { role, unit, json }: PutOptions): Promise<void> =>
    withEngine(async (container, { print }) => {
      await tenantNamed(container, tenantId);
      const grant = { subject, role, businessUnitId: unit };
      const result = await container.get(T.ManageUsers)[how](tenantId, grant, operatorGrantor, operator());
      if (!('user' in result)) throw new Refused(refusals[result.outcome]);
      print(json ? JSON.stringify(shown(result.user)) : `${subject} is ${role} of ${tenantId}`);
    });

const letOut = (tenantId: string, subject: string, { json }: { json?: boolean }): Promise<void> =>
  withEngine(async (container, { print }) => {
    await tenantNamed(container, tenantId);
    const result = await container.get(T.ManageUsers).remove(tenantId, subject, operatorGrantor, operator());
    if (result.outcome === 'missing') throw new Refused(`${subject} was never let in`);
    print(json ? JSON.stringify(shown(result.user)) : `${subject} is let out of ${tenantId}`);
  });

const list = (tenantId: string, { json }: { json?: boolean }): Promise<void> =>
  withEngine(async (container, { print }) => {
    await tenantNamed(container, tenantId);
    const rows = [['subject', 'role', 'unit', 'since', 'let out']];
    for await (const user of allUsers(container, tenantId))
      if (json) print(JSON.stringify(shown(user)));
      else
        rows.push([
          user.subject,
          user.role,
          user.businessUnitId ?? '-',
          minute(user.createdAt),
          minute(user.removedAt),
        ]);
    if (!json) for (const line of table(rows)) print(line);
  });

async function* allUsers(container: Engine, tenantId: string): AsyncGenerator<TenantUser> {
  for (let after: string | undefined; ;) {
    const page = await container.get(T.TenantUsers).list(tenantId, PAGE, after);
    yield* page;
    after = page.at(-1)?.subject;
    if (page.length < PAGE) return;
  }
}

const shown = ({ tenantId, subject, role, businessUnitId, createdAt, removedAt }: TenantUser) => ({
  tenant_id: tenantId,
  subject,
  role,
  business_unit_id: businessUnitId,
  created_at: createdAt,
  removed_at: removedAt,
});

export function addUserCommands(program: Command): void {
  const users = program.command('users').description('let people of a tenant in and out, and change what they may do');
  const putCommand = (name: string, how: 'letIn' | 'change', description: string): Command =>
    users
      .command(name)
      .description(description)
      .argument('<tenant>')
      .argument('<subject>', '`sub` of their tokens')
      .addOption(new Option('--role <role>').choices(Object.keys(roles)).makeOptionMandatory())
      .option('--unit <id>', 'only for this business unit')
      .option(...JSON_OPTION)
      .action(put(how));
  putCommand('let-in', 'letIn', 'let a person in');
  putCommand('change', 'change', 'give a person who is let in another role, or another business unit');
  users
    .command('let-out')
    .description('refuse a person from their next request on')
    .argument('<tenant>')
    .argument('<subject>')
    .option(...JSON_OPTION)
    .action(letOut);
  users
    .command('list')
    .description('the people of a tenant, also those who were let out')
    .argument('<tenant>')
    .option(...JSON_OPTION)
    .action(list);
}
