import { aPayment } from '../testing/builders.js';
import { railContract } from '../testing/rail.contract.js';
import { ScriptedRail } from '../testing/scripted-rail.js';

railContract('ScriptedRail', () => ({
  rail: new ScriptedRail('scripted'),
  payment: () => aPayment({ rail: 'scripted' }).state,
}));
