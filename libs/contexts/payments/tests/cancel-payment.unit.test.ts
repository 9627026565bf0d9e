import { beforeEach, describe, expect, test } from '@jest/globals';
import { newId } from '@ferry/kernel';
import { wholeTenant } from '../src/domain/owner.js';
import { CancelPayment } from '../src/use-cases/cancel-payment.js';
import { anOccasion, later } from '../testing/builders.js';
import { ScriptedRail } from '../testing/scripted-rail.js';
import { World } from './world.js';

describe('CancelPayment', () => {
  let world: World;
  let rail: ScriptedRail;
  let cancel: CancelPayment;

  beforeEach(() => {
    rail = new ScriptedRail('far');
    world = new World([rail]);
    cancel = new CancelPayment(world.repository, world.signals, world.clock, newId);
  });

  test('cancels what nobody has taken up, tells it and wakes who waits', async () => {
    const [id = ''] = await world.add({});
    expect(await cancel.execute(wholeTenant(world.tenantId), id)).toMatchObject({ outcome: 'cancelled' });
    expect(await world.state(id)).toMatchObject({ status: 'CANCELLED', version: 2 });
    expect(world.told(id)).toEqual(['payment.created', 'payment.cancelled']);
    expect(world.signals.announced).toEqual([id]);
    expect(await world.swept()).toEqual([]);
  });

  test('cancelling twice is no error, and no second event', async () => {
    const [id = ''] = await world.add({});
    const outcomes = await Promise.all([1, 2, 3].map(() => cancel.execute(wholeTenant(world.tenantId), id)));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect(world.told(id)).toEqual(['payment.created', 'payment.cancelled']);
    expect(world.signals.announced).toEqual([id]);
  });

  test('a parked payment that was never sent can be cancelled', async () => {
    const [id = ''] = await world.add({});
    await world.repository.change(wholeTenant(world.tenantId), [id], (payment) =>
      payment.park(world.clock.now(), 'poison'),
    );
    expect(await cancel.execute(wholeTenant(world.tenantId), id)).toMatchObject({ outcome: 'cancelled' });
    expect(await world.state(id)).toMatchObject({ attention: undefined });
  });

  test.each(['PROCESSING', 'SUCCESS', 'FAILED'] as const)('%s is too late', async (status) => {
    const [id = ''] = await world.add({});
    await world.repository.change(wholeTenant(world.tenantId), [id], (payment) => {
      if (status === 'PROCESSING') return payment.takeUp(anOccasion(), later(world.clock.now(), 1));
      return status === 'SUCCESS' ? payment.succeed(anOccasion()) : payment.fail(anOccasion(), 'declined');
    });
    expect(await cancel.execute(wholeTenant(world.tenantId), id)).toMatchObject({
      outcome: 'too-late',
      payment: { state: { status } },
    });
    expect(world.signals.announced).toEqual([]);
  });

  test('unknown, or another tenant’s, is missing', async () => {
    const [id = ''] = await world.add({});
    expect(await cancel.execute(wholeTenant(world.tenantId), newId())).toEqual({ outcome: 'missing' });
    expect(await cancel.execute(wholeTenant('other'), id)).toEqual({ outcome: 'missing' });
    expect(await world.state(id)).toMatchObject({ status: 'PENDING' });
  });

  test('against a worker: either cancelled and never sent, or sent and not cancelled', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < 20; round += 1) {
      const [id = ''] = await world.add({});
      const cancelling = async (): Promise<string> => (await cancel.execute(wholeTenant(world.tenantId), id)).outcome;
      const racers = [() => cancelling(), () => world.handle(id)];
      if (round % 2) racers.reverse();
      const answers = await Promise.all(racers.map((race) => race()));
      const outcome = answers.find((answer) => typeof answer === 'string');
      const { status } = await world.state(id);
      expect(`${String(outcome)} ${status} ${rail.sent.includes(id)}`).toMatch(
        /^(cancelled CANCELLED false|too-late SUCCESS true)$/,
      );
      seen.add(status);
    }
    expect([...seen].sort()).toEqual(['CANCELLED', 'SUCCESS']);
  });
});
