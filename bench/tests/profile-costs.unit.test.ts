import { expect, test } from '@jest/globals';
import { costsOfAllocations, costsOfTime, summed } from '../profile-costs.mjs';

const root = 'file:///ferry';
const frame = (functionName: string, url: string, lineNumber = 9) => ({ functionName, url, lineNumber });

test('time is charged to the function itself, waiting to nobody', () => {
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('add', 'file:///ferry/libs/adapters/postgres/dist/add.js') },
      { id: 2, callFrame: frame('(idle)', '') },
      { id: 3, callFrame: frame('arrayString', 'file:///ferry/node_modules/pg/lib/utils.js') },
    ],
    samples: [1, 2, 3, 3],
    timeDeltas: [1000, 9000, 2000, 3000],
  };
  const costs = costsOfTime(profile, root);
  expect(summed(costs, ({ folder }) => folder)).toEqual([
    ['pg', 5],
    ['libs/adapters/postgres', 1],
  ]);
  expect(summed(costs, ({ name, place }) => `${name} ${place}`)[0]).toEqual(['arrayString pg/lib/utils.js:10', 5]);
});

test('allocations are summed over the whole tree', () => {
  const leaf = { callFrame: frame('', 'node:net'), selfSize: 2048, children: [] };
  const head = { callFrame: frame('(root)', ''), selfSize: 0, children: [leaf, { ...leaf, children: [leaf] }] };
  expect(summed(costsOfAllocations({ head }, root), ({ folder }) => folder)).toEqual([['node', 6]]);
});
