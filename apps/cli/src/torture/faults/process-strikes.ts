import { sleep } from '@ferry/kernel';
import { seconds, type Act } from './struck.js';

export const killed: Act = async (_stage, _strike, slot) => {
  await slot.kill();
  slot.start();
  return { what: `${slot.name} killed` };
};

export const stopped: Act = async (_stage, _strike, slot) => {
  const { code, ms } = await slot.terminate();
  slot.start();
  return { what: `${slot.name} stopped, ended with ${String(code)} after ${seconds(ms)}` };
};

export const frozen: Act = async (_stage, { forMs }, slot) => {
  slot.freeze();
  await sleep(forMs);
  slot.thaw();
  return { what: `${slot.name} frozen for ${seconds(forMs)}` };
};
