import type { Strike } from '../plan.js';
import type { Slot } from '../stage/slot.js';
import { slotsOf, type Stage } from '../stage/stage.js';
import { faultOf } from './catalogue.js';

/** A process that has just been started may take so long to come alive before it is struck: dying unborn proves little. */
const LIVE_TIMEOUT_MS = 5_000;

/** The process that a strike is meant for, alive; the first of all where the fault strikes a service. */
export async function victimOf(stage: Stage, strike: Strike): Promise<Slot> {
  const slot = chosen(stage, strike);
  if (faultOf(strike.fault).victims !== undefined) await slot.until(() => true, LIVE_TIMEOUT_MS);
  return slot;
}

/** One that is not frozen: a kill would spoil what freezing is for. */
function chosen(stage: Stage, { fault, victim }: Strike): Slot {
  const { victims } = faultOf(fault);
  const all = victims === undefined ? stage.slots : slotsOf(stage, victims);
  const able = all.filter((slot) => !slot.frozen);
  const among = able.length > 0 ? able : all;
  return among[victim % among.length] as Slot;
}
