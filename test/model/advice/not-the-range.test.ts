import { describe, expect, test } from 'vitest';
import type { Advice } from '../../../src/model/advice/advice.ts';
import { buildModel } from '../../../src/model/model.ts';
import { sampleOf } from '../../../src/model/sample/measure.ts';
import type { TupleGroup } from '../../../src/model/sample/tuple-group.ts';
import { adviceFor, find, idsOf } from '../../helpers/advice.ts';
import {
  connections,
  reading,
  SMALL_RANGE,
  type TestSocket,
  timeWaits,
} from '../../helpers/sockets.ts';

const OTHER = { remote: '10.0.9.22' };
const RANGE = 'net.ipv4.ip_local_port_range';
const REUSE = 'net.ipv4.tcp_tw_reuse';

/** The advice on a machine whose groups were changed. */
function adviceWith(
  sockets: readonly TestSocket[],
  changes: Partial<TupleGroup>,
  sysctls: Partial<typeof SMALL_RANGE> = {},
): readonly Advice[] {
  const sample = sampleOf(reading(sockets, { sysctls: { ...SMALL_RANGE, ...sysctls } }));
  const groups = sample.groups.map((group) => ({ ...group, ...changes }));
  return buildModel({ ...sample, groups }).advice;
}

test('SYN_SENT where ports are short is not blamed on a NAT', () => {
  const advice = adviceFor({ sockets: connections(95, { state: 'SYN_SENT' }) });
  expect(find(advice, 'upstream-unreachable')?.why).not.toContain('NAT');
});

describe('ports bound by number', () => {
  const outside = (count: number, low = 10_000, high = 10_999) => ({
    outsideRange: { count, low, high },
  });

  test.for([
    [outside(9), 0, false],
    [outside(10), 0, true],
    // More than a few connections in the range: those outside may be of another one.
    [outside(20), 3, false],
    [outside(20), 2, true],
    [{}, 5, false],
    [{ outsideRange: { count: 0, low: undefined, high: undefined } }, 5, false],
  ] as const)('%j beside %i of the range: %j', ([changes, inside, expected]) => {
    const advice = adviceWith(connections(Math.max(1, inside)), { ...changes, used: inside });
    expect(idsOf(advice).includes('explicit-source-ports')).toBe(expected);
    // Of a range that cannot be read nobody knows what lies outside.
    for (const unknown of [null, 'garbage']) {
      const blind = adviceWith(connections(1), { ...changes, used: inside }, { [RANGE]: unknown });
      expect(idsOf(blind)).not.toContain('explicit-source-ports');
    }
    expect(idsOf(advice).includes('widen-port-range')).toBe(!expected);
  });

  test.for([
    [undefined, true],
    [40, false],
    [0, false],
  ] as const)(
    'a range of its own, of which %s percent are left: a wider one is advised: %s',
    ([left, isAdvised]) => {
      const advice = adviceWith(connections(80), { ownHeadroomPercent: left });
      expect(idsOf(advice).includes('widen-port-range')).toBe(isAdvised);
    },
  );

  test.for([
    [undefined, true],
    [true, false],
  ] as const)(
    'ports of the range bound by number, %j: a wider one is advised: %s',
    ([byNumber, isAdvised]) => {
      const bindBeforeConnect = { suspected: true, ports: 80, certain: true, byNumber };
      const advice = adviceWith(connections(80), { bindBeforeConnect });
      expect(idsOf(advice).includes('widen-port-range')).toBe(isAdvised);
    },
  );

  test('the ports seen are named, and no port is promised', () => {
    const advice = adviceWith(connections(1), { ...outside(1000), used: 0 });
    const found = find(advice, 'explicit-source-ports');
    expect(found).toMatchObject({ severity: 'info', commands: [] });
    expect(found?.title).toContain('10.0.3.7 → 10.0.9.21:8080');
    expect(found?.why).toMatch(
      /1,000 .* from 10000 to 10999, outside 40000–40099.*All 1,000 ports .* if it has no others, it has none left/,
    );
    expect(found?.effect.headroomAfter).toBe(found?.effect.headroomBefore);
    expect(found?.config?.lines.join()).toContain('IP_BIND_ADDRESS_NO_PORT');
    const some = adviceWith(connections(1), { ...outside(999), used: 0 });
    expect(find(some, 'explicit-source-ports')?.why).toContain('has taken 999 of the 1,000 ports');
  });

  test.for([
    [1023, true],
    [1024, false],
  ] as const)('up to %i it is NFS: %j', ([high, isNfs]) => {
    const advice = adviceWith(connections(1), { ...outside(100, 665, high), used: 0 });
    expect(find(advice, 'explicit-source-ports')?.caution?.includes('NFS')).toBe(isNfs);
  });

  test('a group that is not the worst is found as well', () => {
    const sample = sampleOf(reading([...connections(95), ...connections(1, OTHER, 40_095)]));
    const groups = sample.groups.map((group) =>
      group.remoteAddress === OTHER.remote ? { ...group, ...outside(50), used: 0 } : group,
    );
    const { advice } = buildModel({ ...sample, groups });
    expect(find(advice, 'explicit-source-ports')?.title).toContain(OTHER.remote);
    // It is the other one that needs more ports.
    expect(idsOf(advice)).toContain('widen-port-range');
  });
});

describe('reuse that does not work', () => {
  const closedPorts = timeWaits(90, 30_000);
  const on = { [REUSE]: '1' };
  const check = (works: boolean | undefined) => ({
    reuse: { works, evidence: 'counter' as const, expected: 1700, seen: 3 },
  });

  test.for([true, undefined])('nothing is said where it works, or is not known: %j', (works) => {
    expect(idsOf(adviceWith(closedPorts, check(works), on))).not.toContain('reuse-does-not-work');
  });

  test('the counter, the peer, and what to turn on there', () => {
    const found = find(adviceWith(closedPorts, check(false), on), 'reuse-does-not-work');
    expect(found?.title).toContain('tcp_tw_reuse is 1');
    expect(found?.why).toMatch(
      /About 1,700 connections .* kernel counts 3: .* 10\.0\.9\.21 has TCP timestamps off/,
    );
    expect(found).toMatchObject({ commands: [] });
    expect(found?.config).toBeUndefined();
  });

  test('where ports are bound, that is the reason', () => {
    const bindBeforeConnect = { suspected: true, ports: 40, certain: true };
    const changes = { ...check(false), bindBeforeConnect };
    const found = find(adviceWith(closedPorts, changes, on), 'reuse-does-not-work');
    expect(found?.why).toContain('no connect() takes such a port over');
    expect(found?.config?.lines.join()).toContain('IP_BIND_ADDRESS_NO_PORT');
  });
});

describe('how bad bind() is goes by what it costs', () => {
  /** A group of which so many of 1,000 ports are lost, with `used` of the others taken. */
  const scattered = (index: number) => 40_001 + 2 * ((197 * index) % 500);
  const severityWith = (lost: number, used: number) => {
    const sysctls = { [RANGE]: '40000 40999' };
    const other = { ...OTHER, localPort: 0 };
    const bound = Array.from({ length: lost }, (_, index) => ({
      ...other,
      local: '10.0.3.7',
      remotePort: 8080,
      localPort: scattered(index),
    }));
    // From the first half on, where no bound port is.
    const mine = connections(used).map((socket, index) => ({
      ...socket,
      local: '10.0.3.8',
      localPort: index < 500 ? 40_000 + 2 * index : scattered(lost + index - 500),
    }));
    const sample = sampleOf(
      reading([...bound, ...mine], {
        sysctls: { ...SMALL_RANGE, ...sysctls },
        // All that were ever made are there: none was made in a rush.
        counters: { activeOpens: lost + used },
      }),
    );
    return find(buildModel(sample).advice, 'bind-address-no-port')?.severity;
  };

  test.for([
    [9, 985, 'info'],
    [10, 985, 'warning'],
    [99, 896, 'warning'],
    [100, 895, 'critical'],
    // Never above the group's own.
    [300, 100, 'info'],
  ] as const)('%i of 1,000 ports lost, %i in use: %s', ([lost, used, severity]) => {
    expect(severityWith(lost, used)).toBe(severity);
  });
});
