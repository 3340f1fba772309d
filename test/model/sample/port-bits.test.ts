import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addPorts,
  bitOf,
  commonExtent,
  countCommon,
  countCommonWithin,
  countOnes,
  PORT_WORDS,
  type PortBits,
  PortRanks,
  wordOf,
  wordsOfParity,
} from '../../../src/model/sample/port-bits.ts';

function bitsOf(ports: readonly number[]): PortBits {
  const bits = new Uint32Array(PORT_WORDS);
  for (const port of ports) bits[wordOf(port)] = (bits[wordOf(port)] ?? 0) | bitOf(port);
  return bits;
}

// At the ends of words and of all ports, and anywhere.
const port = fc.oneof(
  fc.constantFrom(0, 1, 62, 63, 64, 65, 126, 127, 128, 65_470, 65_471, 65_534, 65_535),
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: 0, max: 65_535 }),
);
const ports = fc.uniqueArray(port, { maxLength: 60 });
const parity = fc.constantFrom<0 | 1>(0, 1);

test('each port has a bit of its own', () => {
  const all = bitsOf(Array.from({ length: 65_536 }, (_, each) => each));
  expect(all.every((word) => word === 0xffffffff)).toBe(true);
});

test('counts the ones of any word', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 }), (word) => {
      const ones = (word >>> 0).toString(2).replaceAll('0', '').length;
      expect(countOnes(word)).toBe(ones);
    }),
    { examples: [[0], [1], [-1], [0x80000000], [0x7fffffff], [0x55555555], [0xffffffff]] },
  );
});

test('what two sets have in common is counted, as a whole and from port to port, with its ends', () => {
  fc.assert(
    fc.property(ports, ports, parity, port, port, (some, others, odd, low, high) => {
      const [bits, otherBits] = [bitsOf(some), bitsOf(others)];
      const common = some
        .filter((each) => others.includes(each) && each % 2 === odd)
        .toSorted((a, b) => a - b);
      expect(countCommon(bits, otherBits, wordsOfParity(odd))).toBe(common.length);
      const within = common.filter((each) => each >= low && each <= high);
      expect(countCommonWithin(bits, otherBits, odd, { low, high })).toBe(within.length);
      expect(commonExtent(bits, otherBits, odd)).toEqual(
        common.length === 0 ? undefined : { low: common[0], high: common.at(-1) },
      );
    }),
    { numRuns: 2000 },
  );
});

test('a row of ports is added to those that are there', () => {
  fc.assert(
    fc.property(ports, port, port, (some, low, high) => {
      const bits = bitsOf(some);
      addPorts(bits, { low, high });
      const row = Array.from({ length: Math.max(0, high - low + 1) }, (_, index) => low + index);
      expect(bits).toEqual(bitsOf([...some, ...row]));
    }),
  );
});

test('those from a port to another are counted by what lies below each', () => {
  fc.assert(
    fc.property(ports, parity, port, port, (some, odd, low, high) => {
      const within = some.filter((each) => each % 2 === odd && each >= low && each <= high);
      expect(new PortRanks(bitsOf(some)).count(odd, { low, high })).toBe(within.length);
    }),
    { numRuns: 1000 },
  );
});
