import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  formatIpv4,
  formatIpv6,
  Ipv6Interner,
  type Ipv6Words,
  isLoopbackIpv4,
  isLoopbackIpv6,
  isMappedIpv4,
} from '../../src/kernel/ip-address.ts';

type Groups = [number, number, number, number, number, number, number, number];

const wordsOf = ([a, b, c, d, e, f, g, h]: Groups): Ipv6Words => [
  ((a << 16) | b) >>> 0,
  ((c << 16) | d) >>> 0,
  ((e << 16) | f) >>> 0,
  ((g << 16) | h) >>> 0,
];

const word = fc.nat(0xffffffff);

test.each([
  [0x00000000, '0.0.0.0'],
  [0x7f000001, '127.0.0.1'],
  [0x0a000915, '10.0.9.21'],
  [0xffffffff, '255.255.255.255'],
])('IPv4 %i is %s', (address, text) => expect(formatIpv4(address)).toBe(text));

describe('IPv6 as RFC 5952 says', () => {
  it.each<[string, Groups]>([
    ['::', [0, 0, 0, 0, 0, 0, 0, 0]],
    ['::1', [0, 0, 0, 0, 0, 0, 0, 1]],
    ['1::', [1, 0, 0, 0, 0, 0, 0, 0]],
    ['2001:db8::1', [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1]],
    // 4.2.2: one zero group alone is not shortened.
    ['2001:db8:0:1:1:1:1:1', [0x2001, 0xdb8, 0, 1, 1, 1, 1, 1]],
    ['0:1:1:1:1:1:1:1', [0, 1, 1, 1, 1, 1, 1, 1]],
    ['1:1:1:1:1:1:1:0', [1, 1, 1, 1, 1, 1, 1, 0]],
    // 4.2.3: the longest run; of two equal ones the first.
    ['2001:0:0:1::1', [0x2001, 0, 0, 1, 0, 0, 0, 1]],
    ['2001:db8::1:0:0:1', [0x2001, 0xdb8, 0, 0, 1, 0, 0, 1]],
    ['::1:0:0:1:0:0', [0, 0, 1, 0, 0, 1, 0, 0]],
    ['1:2:3:4:5:6:7:8', [1, 2, 3, 4, 5, 6, 7, 8]],
    // 4.1 and 4.3: no leading zeros, lower case.
    ['fe80::abcd:ef', [0xfe80, 0, 0, 0, 0, 0, 0xabcd, 0xef]],
    [
      'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
      [0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff],
    ],
  ])('%s', (text, groups) => expect(formatIpv6(wordsOf(groups))).toBe(text));

  it('can be read back', () => {
    const sparse = fc.oneof(fc.constant(0), fc.nat(0xffff));
    fc.assert(
      fc.property(
        fc.tuple(sparse, sparse, sparse, sparse, sparse, sparse, sparse, sparse),
        (groups) => {
          expect(groupsOf(formatIpv6(wordsOf(groups)))).toEqual(groups);
        },
      ),
    );
  });
});

/** Reads RFC 5952 text: `::` stands for as many zero groups as are missing. */
function groupsOf(text: string): number[] {
  const [head = '', tail] = text.split('::');
  const read = (part: string) =>
    part
      .split(':')
      .filter(Boolean)
      .map((group) => parseInt(group, 16));
  if (tail === undefined) return read(head);
  const [before, after] = [read(head), read(tail)];
  return [
    ...before,
    ...Array.from({ length: 8 - before.length - after.length }, () => 0),
    ...after,
  ];
}

describe('kinds of addresses', () => {
  it.each([
    [0x7f000000, true],
    [0x7fffffff, true],
    [0x7effffff, false],
    [0x80000000, false],
    [0x0a090901, false],
  ])('IPv4 %i is loopback: %s', (address, expected) =>
    expect(isLoopbackIpv4(address)).toBe(expected),
  );

  it.each<[Ipv6Words, boolean]>([
    [[0, 0, 0, 1], true],
    [[0, 0, 0, 0], false],
    [[0, 0, 0, 2], false],
    [[1, 0, 0, 1], false],
    [[0, 1, 0, 1], false],
    [[0, 0, 0xffff, 1], false],
  ])('IPv6 %j is loopback: %s', (words, expected) => expect(isLoopbackIpv6(words)).toBe(expected));

  it.each<[Ipv6Words, boolean]>([
    [[0, 0, 0xffff, 0x7f000001], true],
    [[0, 0, 0xffff, 0], true],
    [[0, 0, 0, 0x7f000001], false],
    [[1, 0, 0xffff, 0x7f000001], false],
    [[0, 1, 0xffff, 0x7f000001], false],
    [[0, 0, 0xffff0000, 0x7f000001], false],
  ])('IPv6 %j is mapped IPv4: %s', (words, expected) => expect(isMappedIpv4(words)).toBe(expected));
});

describe('Ipv6Interner', () => {
  it('numbers thousands of addresses as a Map would', () => {
    // They differ in one word only, so that a word left out of the comparison shows where two slots meet.
    const address: fc.Arbitrary<Ipv6Words> = fc.oneof(
      word.map((value): Ipv6Words => [value, 0, 0, 1]),
      word.map((value): Ipv6Words => [0, value, 0, 1]),
      word.map((value): Ipv6Words => [0, 0, value, 1]),
      word.map((value): Ipv6Words => [0, 0, 0, value]),
    );
    const addresses = fc.array(address, { minLength: 2000, maxLength: 5000, size: 'max' });
    fc.assert(
      fc.property(addresses, (all) => {
        const interner = new Ipv6Interner();
        const known = new Map<string, number>();
        for (const words of all) {
          const key = words.join();
          const id = interner.intern(...words);
          expect(id).toBe(known.get(key) ?? known.size);
          known.set(key, id);
        }
        expect(interner.size).toBe(known.size);
        for (const [key, id] of known) expect(interner.wordsOf(id).join()).toBe(key);
      }),
      { numRuns: 5 },
    );
  });

  it('takes words of either sign for the same', () => {
    const interner = new Ipv6Interner();
    expect(interner.intern(-1, 0, 0, -2)).toBe(interner.intern(0xffffffff, 0, 0, 0xfffffffe));
  });

  it('starts again after clear', () => {
    const interner = new Ipv6Interner();
    for (let index = 0; index < 1000; index++) interner.intern(1, 2, 3, index);
    interner.clear();
    expect(interner.size).toBe(0);
    expect(() => interner.wordsOf(0)).toThrow(RangeError);
    expect(interner.intern(1, 2, 3, 999)).toBe(0);
    expect(interner.wordsOf(0)).toEqual([1, 2, 3, 999]);
  });

  it.each([-1, 1, 4096])('knows no address number %i', (id) => {
    const interner = new Ipv6Interner();
    interner.intern(0, 0, 0, 1);
    expect(() => interner.wordsOf(id)).toThrow(`no IPv6 address has the number ${id}`);
  });
});
