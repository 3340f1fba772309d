import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDeviceNames } from '../../src/kernel/device-names.ts';

// Linux 6.18.
const RECORDED = `Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter
1\tlo        :     1      V3
\t\t\t\t010000E0     1 0:00000000\t\t0
12\tright-peer:     2      V3
\t\t\t\tFB0000E0     1 0:00000000\t\t0
\t\t\t\t010000E0     1 0:00000000\t\t0
304\tveth4f2a91b0cde:     1      V2
\t\t\t\t010000E0     1 0:00000000\t\t0
`;

test('devices by number', () => {
  expect([...parseDeviceNames(RECORDED)]).toEqual([
    [1, 'lo'],
    [12, 'right-peer'],
    [304, 'veth4f2a91b0cde'],
  ]);
});

test('a name is what the kernel says, whatever is in it', () => {
  expect(parseDeviceNames('2\t\u0007\u009b2J     :     1      V3\n').get(2)).toBe('\u0007\u009b2J');
});

test('garbage has no names, or short ones', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const name of parseDeviceNames(text).values()) expect(name).toMatch(/^\S{1,15}$/);
    }),
  );
});
