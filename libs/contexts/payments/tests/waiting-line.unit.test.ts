import { beforeEach, describe, expect, test } from '@jest/globals';
import { WaitingLine } from '../src/domain/waiting-line.js';

interface Item {
  readonly tenantId: string;
  readonly n: number;
}

describe('WaitingLine', () => {
  let line: WaitingLine<Item>;
  const push = (tenantId: string, from: number, to: number): void => {
    for (let n = from; n <= to; n += 1) line.push({ tenantId, n });
  };
  const take = (max: number): string[] => line.take(max).map(({ tenantId, n }) => `${tenantId}${n}`);

  beforeEach(() => {
    line = new WaitingLine();
  });

  test('one tenant: first in, first out', () => {
    push('a', 1, 25);
    expect([take(12), take(12), take(12)].map((items) => [items[0], items.length])).toEqual([
      ['a1', 12],
      ['a13', 12],
      ['a25', 1],
    ]);
    expect(line.length).toBe(0);
    expect(take(5)).toEqual([]);
  });

  test('a single item of a tenant waits for one turn of those with backlogs, and so does its next', () => {
    const others = Array.from({ length: 1_000 }, (_, i) => `t${i}`);
    for (const tenantId of others) push(tenantId, 1, 100);
    take(20_000);
    for (let n = 1; n <= 5; n += 1) {
      push('single', n, n);
      expect(take(11)).toContain(`single${n}`);
    }
  });

  test('of those that begin together each has its first soon, whatever they have', () => {
    const tenants = Array.from({ length: 100 }, (_, i) => `t${i}-`);
    for (const tenantId of tenants) push(tenantId, 1, 1_000);
    const firsts = take(200).filter((item) => item.endsWith('-1'));
    expect(firsts).toHaveLength(tenants.length);
  });

  test('tenants with backlogs have ten each in turn', () => {
    for (const tenantId of ['a', 'b', 'c']) push(tenantId, 1, 100);
    take(3);
    const owners = take(60).map((item) => item[0]);
    expect(owners.join('')).toBe(`${'a'.repeat(10)}${'b'.repeat(10)}${'c'.repeat(10)}`.repeat(2));
  });

  test('new ones leave half to those with a backlog', () => {
    push('a', 1, 1_000);
    push('b', 1, 1_000);
    let ofOthers = 0;
    for (let n = 1; n <= 40; n += 1) {
      push('c', n, n);
      ofOthers += take(1).filter((item) => !item.startsWith('c')).length;
    }
    expect(ofOthers).toBeGreaterThanOrEqual(20);
  });

  test('what is handed back comes first again', () => {
    push('a', 1, 3);
    push('b', 1, 3);
    const taken = line.take(3);
    line.pushBack(taken);
    expect(line.length).toBe(6);
    expect(take(6).toSorted()).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3']);
    push('a', 4, 6);
    line.pushBack(line.take(2));
    expect(take(3)).toEqual(['a4', 'a5', 'a6']);
  });

  test('counts all, and those of a tenant', () => {
    push('a', 1, 3);
    push('b', 1, 2);
    expect([line.length, line.lengthOf('a'), line.lengthOf('b'), line.lengthOf('c')]).toEqual([5, 3, 2, 0]);
    take(4);
    expect([line.length, line.lengthOf('a'), line.lengthOf('b')]).toEqual([1, 0, 1]);
    line.clear();
    expect([line.length, line.lengthOf('b'), take(1)]).toEqual([0, 0, []]);
  });
});
