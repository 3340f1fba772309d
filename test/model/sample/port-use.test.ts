import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  partsOfHalf,
  type PortUse,
  TAKEN_USES,
  type UseCounts,
} from '../../../src/model/sample/port-use.ts';
import type { Sample } from '../../../src/model/sample/sample.ts';
import {
  connections,
  sampleOfSockets,
  SMALL_RANGE,
  type TestSocket,
  timeWaits,
} from '../../helpers/sockets.ts';

/** Both halves of the first group in so many parts each. */
function halvesOf(sample: Sample, mostParts = 256) {
  const use = sample.groups[0]?.portUse;
  if (use === undefined) throw new Error('the ports were not drawn');
  return ([0, 1] as const).map((half) => partsOfHalf(use, sample.portSpace, half, mostParts));
}

const NAMES = [...TAKEN_USES, 'free'] as const;

const sumOf = (counts: readonly UseCounts[]) =>
  Object.fromEntries(
    NAMES.map((name) => [name, counts.reduce((sum, count) => sum + count[name], 0)]),
  );

/** What each port is, where each has a part of its own. */
function usesByPort(sample: Sample): Map<number, string | undefined> {
  return new Map(
    halvesOf(sample)
      .flat()
      .map(({ low, counts }) => [low, NAMES.find((name) => counts[name] === 1)]),
  );
}

describe('the use of ports', () => {
  test('is told port by port where the range is small', () => {
    const uses = usesByPort(
      sampleOfSockets(
        [
          ...connections(2),
          ...timeWaits(2, 30_000, {}, 40_002),
          { local: '0.0.0.0', localPort: 40_020, state: 'LISTEN' },
          // Of another group, which has the ports for itself.
          ...connections(3, { remotePort: 9090 }, 40_030),
        ],
        { sysctls: { ...SMALL_RANGE, 'net.ipv4.ip_local_reserved_ports': '40011-40012' } },
      ),
    );
    expect(uses.size).toBe(100);
    const taken = [...uses].filter(([, use]) => use !== 'free');
    expect(Object.fromEntries(taken)).toEqual({
      40000: 'live',
      40002: 'live',
      40004: 'timeWait',
      40006: 'timeWait',
      40011: 'reserved',
      40012: 'reserved',
      40020: 'held',
    });
  });

  test('shows what connect() would take over, and what bind() of others holds', () => {
    const loopback = { local: '127.0.0.1', remote: '127.0.0.1' };
    const old = sampleOfSockets(timeWaits(3, 30_000, loopback));
    expect([...usesByPort(old).values()].filter((use) => use === 'reusable')).toHaveLength(3);
    const bound = connections(15, { remotePort: 9090 }).map((socket) => ({
      ...socket,
      localPort: socket.localPort + 1,
    }));
    const uses = usesByPort(sampleOfSockets([...connections(40), ...bound]));
    expect(uses.get(40_001)).toBe('held');
    expect([...uses.values()].filter((use) => use === 'held')).toHaveLength(15);
  });

  test('is drawn for the groups with the most sockets', () => {
    const sizes = Array.from({ length: 25 }, (_, index) => index + 1);
    const sample = sampleOfSockets(
      sizes.flatMap((size) => connections(size, { remotePort: 9000 + size })),
    );
    const drawn = sample.groups.filter(({ portUse }) => portUse !== undefined);
    expect(drawn.map(({ used }) => used)).toEqual(sizes.toReversed().slice(0, 20));
  });
});

describe('parts of a half', () => {
  const ranges = fc
    .tuple(fc.integer({ min: 1024, max: 65_535 }), fc.integer({ min: 1024, max: 65_535 }))
    .map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) }));

  const sockets = ({ low, high }: { low: number; high: number }) =>
    fc.array(
      fc.record<TestSocket>({
        local: fc.constantFrom('10.0.3.7', '127.0.0.1'),
        localPort: fc.integer({ min: Math.max(1, low - 10), max: Math.min(65_535, high + 10) }),
        remote: fc.constant('10.0.9.21'),
        remotePort: fc.constantFrom(80, 443),
        state: fc.constantFrom('ESTABLISHED', 'TIME_WAIT', 'CLOSE_WAIT'),
        leftMs: fc.integer({ min: 0, max: 60_000 }),
      }),
      { minLength: 1, maxLength: 60 },
    );

  const machines = ranges.chain((range) =>
    fc.record({
      range: fc.constant(range),
      sockets: sockets(range),
      reserved: fc.array(fc.integer({ min: range.low, max: range.high }), {
        maxLength: 20,
      }),
      listeners: fc.array(fc.integer({ min: range.low, max: range.high }), { maxLength: 3 }),
    }),
  );

  test('have every port once, and add up to what is known of the group', () => {
    fc.assert(
      fc.property(machines, fc.integer({ min: 1, max: 300 }), (machine, mostParts) => {
        const { range } = machine;
        const listening = machine.listeners.map((localPort): TestSocket => ({
          local: '127.0.0.9',
          localPort,
          state: 'LISTEN',
        }));
        const sample = sampleOfSockets([...machine.sockets, ...listening], {
          sysctls: {
            ...SMALL_RANGE,
            'net.ipv4.ip_local_port_range': `${range.low} ${range.high}`,
            'net.ipv4.ip_local_reserved_ports': machine.reserved.join(','),
          },
        });
        for (const group of sample.groups) {
          const use: PortUse | undefined = group.portUse;
          if (use === undefined) throw new Error('the ports were not drawn');
          const halves = ([0, 1] as const).map((half) => partsOfHalf(use, range, half, mostParts));
          const ports = halves.flatMap((parts) =>
            parts.flatMap(({ low, high }) =>
              Array.from({ length: (high - low) / 2 + 1 }, (_, index) => low + 2 * index),
            ),
          );
          expect(ports.toSorted((a, b) => a - b)).toEqual(
            Array.from({ length: range.high - range.low + 1 }, (_, index) => range.low + index),
          );
          const sums = sumOf(halves.flat().map(({ counts }) => counts));
          expect(sums).toEqual({
            live: group.liveUsed,
            timeWait: group.timeWaitUsed,
            reusable: group.reusable,
            reserved: sample.portSpace.reserved,
            held: sample.portSpace.size - sample.portSpace.reserved - group.usable,
            free: group.usable - group.used - group.reusable,
          });
          expect(halves.every((parts) => parts.length <= mostParts)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });
});
