import { describe, expect, test } from '@jest/globals';
import { isWithin, parseCidr } from '@ferry/kernel';

describe('ranges of addresses', () => {
  test.each([
    ['10.1.2.3', '10.0.0.0/8', true],
    ['11.0.0.0', '10.0.0.0/8', false],
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.4', '10.1.2.3', false],
    ['1.2.3.4', '0.0.0.0/0', true],
    ['::ffff:10.1.2.3', '10.0.0.0/8', true],
    ['::FFFF:0a01:0203', '10.0.0.0/8', true],
    ['2001:db8::1', '2001:db8::/32', true],
    ['2001:db9::1', '2001:db8::/32', false],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1/128', true],
    ['10.1.2.3', '::/0', false],
    ['::1', '0.0.0.0/0', false],
    ['localhost', '0.0.0.0/0', false],
    ['', '0.0.0.0/0', false],
  ])('%s in %s: %s', (address, range, inside) => {
    expect(isWithin(address, [range])).toBe(inside);
  });

  test.each([
    '10.0.0.1/8',
    '10.0.0.0/33',
    '10.0.0/8',
    '010.0.0.0/8',
    '256.0.0.0',
    '::/129',
    '1::2::3',
    '::g',
    '1:2:3',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    '1:2:3:4:5:6:7:8::',
  ])('%s is no range', (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });
});
