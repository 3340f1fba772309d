import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildModel, type Model } from '../../../src/model/model.ts';
import type { GroupModel } from '../../../src/model/group-model.ts';
import type { TupleGroup } from '../../../src/model/sample/tuple-group.ts';
import { applyWhatIf } from '../../../src/model/what-if/what-if.ts';
import type { WhatIf } from '../../../src/model/what-if/changes.ts';
import { groupInAMinute } from '../../../src/model/what-if/in-a-minute.ts';
import { whatIfCommands } from '../../../src/model/what-if/commands.ts';
import {
  presentValue,
  resetWhatIf,
  stepWhatIf,
  WHAT_IF_PARAMETERS,
  type WhatIfParameter,
} from '../../../src/model/what-if/choices.ts';
import {
  closedSteadily,
  connections,
  modelOf,
  sampleOfSockets,
  SMALL_RANGE,
  type TestSocket,
  timeWaits,
} from '../../helpers/sockets.ts';

const listening = (...ports: number[]): TestSocket[] =>
  ports.map((localPort) => ({ local: '0.0.0.0', localPort, state: 'LISTEN' }));

/** 20 live and 60 in TIME_WAIT, closed one a second; range 40000–40099. */
const SOCKETS = [...connections(20), ...closedSteadily(60, {}, 40_020)];
const MODEL = modelOf(SOCKETS);

const groupOf = (changes: WhatIf, model: Model = MODEL): GroupModel => {
  const [group] = applyWhatIf(model, changes).groups;
  if (group === undefined) throw new Error('no group');
  return group;
};

describe('what the kernel decides', () => {
  test.each<[string, WhatIf, Partial<GroupModel>]>([
    ['nothing', {}, { usable: 100, used: 80, free: 20, reusable: 0 }],
    ['tcp_tw_reuse 1', { reuse: 1 }, { usable: 100, used: 21, free: 79, reusable: 59 }],
    ['tcp_tw_reuse 2, not on loopback', { reuse: 2 }, { used: 80, reusable: 0 }],
    ['a wider range', { range: { low: 40000, high: 40199 } }, { usable: 200, used: 80, free: 120 }],
    [
      'a range with less room than is needed',
      { range: { low: 40000, high: 40029 } },
      { usable: 30, used: 30, liveUsed: 20, timeWaitUsed: 10, free: 0, headroomPercent: 0 },
    ],
    [
      'both',
      { range: { low: 40000, high: 40199 }, reuse: 1 },
      { usable: 200, used: 21, free: 179 },
    ],
  ])('%s', (_, changes, expected) => {
    expect(groupOf(changes)).toMatchObject(expected);
  });

  test('reuse turned off makes all TIME_WAIT block', () => {
    const reusing = modelOf(SOCKETS, { sysctls: { ...SMALL_RANGE, 'net.ipv4.tcp_tw_reuse': '1' } });
    expect(reusing.groups[0]).toMatchObject({ used: 21, reusable: 59 });
    expect(groupOf({ reuse: 0 }, reusing)).toMatchObject({ used: 80, reusable: 0 });
    expect(groupOf({ reuse: 1 }, reusing)).toMatchObject({ used: 21, reusable: 59 });
  });

  test('on loopback reuse 2 reuses', () => {
    const loopback = { local: '127.0.0.1', remote: '127.0.0.1' };
    const sysctls = { ...SMALL_RANGE, 'net.ipv4.tcp_tw_reuse': '0' };
    const model = modelOf(closedSteadily(60, loopback), { sysctls });
    expect(groupOf({ reuse: 2 }, model)).toMatchObject({ used: 1, reusable: 59 });
  });

  test('without timestamps nothing is reused', () => {
    const model = modelOf(SOCKETS, {
      sysctls: { ...SMALL_RANGE, 'net.ipv4.tcp_timestamps': '0' },
    });
    expect(groupOf({ reuse: 1 }, model)).toMatchObject({ used: 80, reusable: 0 });
  });

  test('reserved and held ports of the new range are not usable', () => {
    const sysctls = { ...SMALL_RANGE, 'net.ipv4.ip_local_reserved_ports': '40100-40109' };
    const model = modelOf([...SOCKETS, ...listening(40050, 40150, 40160, 45000)], { sysctls });
    expect(model.groups[0]).toMatchObject({ usable: 99 });
    const wider = { range: { low: 40000, high: 40199 } };
    expect(groupOf(wider, model)).toMatchObject({ usable: 200 - 10 - 3 });
    expect(applyWhatIf(model, wider).sample.portSpace).toMatchObject({
      size: 200,
      reserved: 12,
      held: 1,
      usable: 187,
    });
  });

  /** The same sockets seen under other sysctls: what the digest of a real sample says. */
  test.each<[WhatIf, Partial<typeof SMALL_RANGE>]>([
    [{ reuse: 1 }, { 'net.ipv4.tcp_tw_reuse': '1' }],
    [{ reuse: 0 }, { 'net.ipv4.tcp_tw_reuse': '0' }],
    [{ range: { low: 40000, high: 41999 } }, { 'net.ipv4.ip_local_port_range': '40000 41999' }],
    [
      { range: { low: 39000, high: 40999 }, reuse: 1 },
      { 'net.ipv4.ip_local_port_range': '39000 40999', 'net.ipv4.tcp_tw_reuse': '1' },
    ],
  ])('%j is what a sample under these sysctls would show', (changes, sysctls) => {
    // On ports of the first parity only, so that none of them looks bound under a wider range.
    const sockets = [
      ...connections(20),
      ...closedSteadily(30, {}, 40_020).map((each) => ({
        ...each,
        leftMs: (each.leftMs ?? 0) - 1000,
      })),
      ...listening(40050, 40051, 40500),
    ];
    const { usable, used, free, reusable } = groupOf(changes, modelOf(sockets));
    const [real] = modelOf(sockets, { sysctls: { ...SMALL_RANGE, ...sysctls } }).groups;
    expect({ usable, used, free, reusable }).toEqual({
      usable: real?.usable,
      used: real?.used,
      free: real?.free,
      reusable: real?.reusable,
    });
  });
});

describe('what is assumed', () => {
  test.each<[string, WhatIf, Partial<GroupModel>]>([
    ['3 destinations', { destinations: 3 }, { liveUsed: 7, timeWaitUsed: 20, free: 73 }],
    ['2 × 2 addresses', { destinations: 2, sources: 2 }, { liveUsed: 5, timeWaitUsed: 15 }],
    ['keep-alive', { keepAlivePercent: 90 }, { liveUsed: 20, timeWaitUsed: 6, closeRate: 0.1 }],
    ['half of the requests', { rateFactor: 0.5 }, { liveUsed: 10, timeWaitUsed: 30 }],
    [
      'more requests than ports',
      { rateFactor: 2 },
      { liveUsed: 40, timeWaitUsed: 60, free: 0, etaSeconds: 0, severity: 'critical' },
    ],
    ['what they have in common', { rateFactor: 3, destinations: 3 }, { liveUsed: 20, used: 80 }],
  ])('%s', (_, changes, expected) => {
    expect(groupOf(changes)).toMatchObject(expected);
  });

  test('the forecast follows: a group that runs out does not with enough destinations', () => {
    const schedule = Array.from({ length: 10 }, (_, second) =>
      timeWaits(4, 59_900 - second * 1000, {}, 40_000 + 4 * second),
    ).flat();
    const model = modelOf(schedule);
    expect(model.worst?.etaSeconds).toBeGreaterThan(0);
    const spread = groupOf({ destinations: 4 }, model);
    expect(spread).toMatchObject({ etaSeconds: null, closeRate: 1, severity: 'info' });
    expect(spread.drainSchedule.reduce((total, count) => total + count)).toBe(60);
  });

  test('the growth of live connections is shared and multiplied as they are', () => {
    const model = buildModel(sampleOfSockets(connections(60)));
    const growing: Model = {
      ...model,
      groups: model.groups.map((group) => ({ ...group, growthPerSecond: 2 })),
    };
    expect(groupOf({ destinations: 4 }, growing).growthPerSecond).toBe(0.5);
    expect(groupOf({ rateFactor: 3, range: { low: 40000, high: 40499 } }, growing)).toMatchObject({
      growthPerSecond: 6,
      etaSeconds: expect.closeTo((500 - 180) / 6, 0),
    });
  });

  test.for([
    {},
    { destinations: 5 },
    { sources: 2, destinations: 3 },
    { keepAlivePercent: 80 },
    { rateFactor: 3 },
    { range: { low: 40_000, high: 40_009 } },
  ] as readonly WhatIf[])('the totals of the machine are those of its groups: %j', (changes) => {
    const model = modelOf(SOCKETS, { counters: { timeWaitNow: 60 } });
    const then = applyWhatIf(model, changes);
    const { destinations = 1, sources = 1 } = changes;
    const held =
      destinations * sources * sum(then.groups.map((group) => group.timeWaitUsed + group.reusable));
    expect(sum(then.drainSchedule)).toBe(held);
    expect(then.sample.counters.timeWaitNow).toBe(held);
    expect(then.sample.byState.TIME_WAIT).toBe(held);
    expect(then.closeRate).toBe(sum(then.drainSchedule.slice(-10)) / 10);
  });
});

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

describe('commands', () => {
  test.each<[WhatIf, string[]]>([
    [{}, []],
    [
      { range: { low: 1024, high: 65535 }, reuse: 1 },
      ['sysctl -w net.ipv4.ip_local_port_range="1024 65535"', 'sysctl -w net.ipv4.tcp_tw_reuse=1'],
    ],
    [{ destinations: 2, sources: 2, keepAlivePercent: 50, rateFactor: 2 }, []],
  ])('%j', (changes, commands) => {
    expect(whatIfCommands(changes, MODEL.sample).commands).toEqual(commands);
  });

  test('keep what is reserved, and reserve what services would lose', () => {
    const sysctls = { ...SMALL_RANGE, 'net.ipv4.ip_local_reserved_ports': '9000-9001' };
    const sample = sampleOfSockets(listening(22, 8080, 9000, 40001), { sysctls });
    expect(whatIfCommands({ range: { low: 1024, high: 65535 } }, sample).commands).toEqual([
      'sysctl -w net.ipv4.ip_local_reserved_ports="8080,9000-9001"',
      'sysctl -w net.ipv4.ip_local_port_range="1024 65535"',
    ]);
    expect(whatIfCommands({ range: { low: 32768, high: 60999 } }, sample).commands).toEqual([
      'sysctl -w net.ipv4.ip_local_port_range="32768 60999"',
    ]);
  });

  test('NodePorts stay free where a kubelet listens', () => {
    const model = modelOf([...SOCKETS, ...listening(10250)]);
    const changes = { range: { low: 15000, high: 64999 } };
    expect(whatIfCommands(changes, model.sample).commands[0]).toBe(
      'sysctl -w net.ipv4.ip_local_reserved_ports="30000-32767"',
    );
    expect(groupOf(changes, model).usable).toBe(50_000 - 2768);
  });

  test('what no command does is said', () => {
    const notes = (changes: WhatIf, sample = MODEL.sample) => whatIfCommands(changes, sample).notes;
    expect(notes({ destinations: 2, sources: 3, keepAlivePercent: 50, rateFactor: 2 })).toEqual([
      expect.stringContaining('2 addresses or ports'),
      expect.stringContaining('3 source addresses'),
      expect.stringContaining('50% of the requests'),
    ]);
    const off = sampleOfSockets([], {
      sysctls: { ...SMALL_RANGE, 'net.ipv4.tcp_timestamps': '0' },
    });
    expect(notes({ reuse: 1 }, off)).toEqual([expect.stringContaining('timestamps are off')]);
    expect(notes({ reuse: 0 }, off)).toEqual([]);
  });
});

describe('choices', () => {
  const { sample } = MODEL;
  const step = (changes: WhatIf, parameter: WhatIfParameter, ...steps: (-1 | 1)[]) =>
    steps.reduce((now, by) => stepWhatIf(now, parameter, by, sample), changes);

  test.each<[WhatIfParameter, (-1 | 1)[], WhatIf]>([
    ['range', [1], { range: { low: 32768, high: 60999 } }],
    ['range', [1, 1, 1, 1, 1, 1], { range: { low: 1024, high: 65535 } }],
    ['range', [1, -1], {}],
    ['range', [-1], {}],
    ['reuse', [-1], { reuse: 1 }],
    ['reuse', [-1, -1, -1], { reuse: 0 }],
    ['destinations', [1, 1], { destinations: 3 }],
    ['keepAlivePercent', [1], { keepAlivePercent: 50 }],
    ['rateFactor', [-1], { rateFactor: 0.5 }],
    ['rateFactor', [1, -1], {}],
  ])('of %s, %j gives %j', (parameter, steps, expected) => {
    expect(step({}, parameter, ...steps)).toEqual(expected);
  });

  test('what the kernel does not have is not changed, and one row is reset without the others', () => {
    const old = sampleOfSockets([], { sysctls: { ...SMALL_RANGE, 'net.ipv4.tcp_tw_reuse': null } });
    expect(stepWhatIf({}, 'reuse', 1, old)).toEqual({});
    expect(resetWhatIf({ reuse: 1, sources: 2 }, 'reuse')).toEqual({ sources: 2 });
  });
});

/** Two groups on random ports, of which some hold ports by bind(), under random sysctls. */
const randomModel = fc
  .record({
    ports: fc.uniqueArray(fc.integer({ min: 39_990, max: 40_110 }), { maxLength: 110 }),
    kinds: fc.array(fc.nat(5), { minLength: 1, maxLength: 20 }),
    leftMs: fc.array(fc.nat(60_000), { minLength: 1, maxLength: 20 }),
    listeners: fc.uniqueArray(fc.integer({ min: 39_900, max: 40_300 }), { maxLength: 5 }),
    reuse: fc.constantFrom('0', '1', '2', null),
    timestamps: fc.constantFrom('0', '1'),
    reserved: fc.constantFrom('', '40010-40019', '40100-40109,50000'),
  })
  .map(({ ports, kinds, leftMs, listeners, reuse, timestamps, reserved }) => {
    const sockets = ports.map((localPort, index): TestSocket => {
      const kind = kinds[index % kinds.length] ?? 0;
      return {
        local: kind < 4 ? '10.0.3.7' : '127.0.0.1',
        localPort,
        remote: kind < 4 ? '10.0.9.21' : '127.0.0.1',
        remotePort: 8080,
        ...(kind % 2 === 0 && {
          state: 'TIME_WAIT' as const,
          leftMs: leftMs[index % leftMs.length] ?? 0,
        }),
      };
    });
    const sysctls = {
      ...SMALL_RANGE,
      'net.ipv4.tcp_tw_reuse': reuse,
      'net.ipv4.tcp_timestamps': timestamps,
      'net.ipv4.ip_local_reserved_ports': reserved,
    };
    return buildModel(sampleOfSockets([...sockets, ...listening(...listeners)], { sysctls }));
  });

const randomChanges = fc.record(
  {
    range: fc.constantFrom(
      { low: 40_000, high: 40_049 },
      { low: 40_000, high: 40_099 },
      { low: 39_950, high: 40_149 },
      { low: 1024, high: 65_535 },
    ),
    reuse: fc.constantFrom(0, 1, 2),
    destinations: fc.integer({ min: 1, max: 9 }),
    sources: fc.integer({ min: 1, max: 9 }),
    keepAlivePercent: fc.integer({ min: 0, max: 99 }),
    rateFactor: fc.constantFrom(0.5, 1, 1.5, 2, 5),
  },
  { requiredKeys: [] },
);

/** Each group as it is a minute after changes. */
function aMinuteAfter(model: Model, changes: WhatIf): TupleGroup[] {
  return model.groups.map((group) => groupInAMinute(model.sample, group, changes));
}

/** Runs `holds` on each group after one change and after another. */
function forEachGroup(
  before: WhatIf,
  after: WhatIf,
  model: Model,
  holds: (a: TupleGroup, b: TupleGroup) => void,
): void {
  const [left, right] = [aMinuteAfter(model, before), aMinuteAfter(model, after)];
  left.forEach((group, index) => holds(group, right[index] as TupleGroup));
}

describe('for any machine and any changes', () => {
  test('ports add up', () => {
    fc.assert(
      fc.property(randomModel, randomChanges, (model, changes) => {
        for (const group of [
          ...applyWhatIf(model, changes).groups,
          ...aMinuteAfter(model, changes),
        ]) {
          const { usable, used, free, reusable, liveUsed, timeWaitUsed, parity } = group;
          expect(used + free).toBe(usable);
          expect(liveUsed + timeWaitUsed).toBe(used);
          expect(Math.min(free, reusable, liveUsed, timeWaitUsed)).toBeGreaterThanOrEqual(0);
          expect(reusable).toBeLessThanOrEqual(free);
          expect(parity.first.used + parity.second.used).toBe(used);
          expect(parity.first.usable + parity.second.usable).toBe(usable);
          for (const half of [parity.first, parity.second]) {
            expect(half.used).toBeGreaterThanOrEqual(0);
            expect(half.used).toBeLessThanOrEqual(half.usable);
          }
        }
      }),
    );
  });

  test('changing everything to what it is changes nothing', () => {
    fc.assert(
      fc.property(randomModel, (model) => {
        const changes = Object.fromEntries(
          WHAT_IF_PARAMETERS.flatMap((parameter) => {
            const value = presentValue(parameter, model.sample);
            return value === undefined ? [] : [[parameter, value]];
          }),
        ) as WhatIf;
        expect(applyWhatIf(model, changes)).toBe(model);
        expect(applyWhatIf(model, {})).toBe(model);
      }),
    );
  });

  test('more destinations, more sources and keep-alive never lower headroom', () => {
    fc.assert(
      fc.property(
        randomModel,
        randomChanges,
        fc.integer({ min: 1, max: 5 }),
        (model, changes, more) => {
          const { destinations = 1, sources = 1, keepAlivePercent = 0 } = changes;
          for (const better of [
            { ...changes, destinations: destinations + more },
            { ...changes, sources: sources + more },
            { ...changes, keepAlivePercent: Math.min(99, keepAlivePercent + 10 * more) },
          ])
            forEachGroup(changes, better, model, (a, b) =>
              expect(b.headroomPercent).toBeGreaterThanOrEqual(a.headroomPercent),
            );
        },
      ),
    );
  });

  test('a wider range never lowers what is usable; more requests never raise headroom', () => {
    fc.assert(
      fc.property(randomModel, randomChanges, (model, changes) => {
        const narrow = { ...changes, range: { low: 40_000, high: 40_049 } };
        const wide = { ...changes, range: { low: 39_950, high: 40_149 } };
        forEachGroup(narrow, wide, model, (a, b) =>
          expect(b.usable).toBeGreaterThanOrEqual(a.usable),
        );
        const { rateFactor = 1 } = changes;
        forEachGroup(changes, { ...changes, rateFactor: rateFactor * 2 }, model, (a, b) =>
          expect(b.headroomPercent).toBeLessThanOrEqual(a.headroomPercent),
        );
      }),
    );
  });

  test('reuse frees what the digest of a real sample says', () => {
    fc.assert(
      fc.property(randomModel, (model) => {
        forEachGroup({ reuse: 1 }, { reuse: 0 }, model, (on, off) => {
          expect(on.used + on.reusable).toBe(off.used);
          expect(off.reusable).toBe(0);
        });
      }),
    );
  });
});
