import { describe, expect, test } from 'vitest';
import { NoPortMemory } from '../../../../src/model/sample/bound-ports/no-port-memory.ts';
import { WitnessMemory } from '../../../../src/model/sample/bound-ports/witness-memory.ts';
import { classify } from '../../../../src/model/sample/classify.ts';
import { measure } from '../../../../src/model/sample/measure.ts';
import { connections, reading, SMALL_RANGE, type TestSocket } from '../../../helpers/sockets.ts';

const NOON = Date.UTC(2026, 10, 27, 12);
const OTHER = { remote: '10.0.9.22' };
const NO_REUSE = { ...SMALL_RANGE, 'net.ipv4.tcp_tw_reuse': '0' };

/** A watch over several looks; each gives the free ports of another destination. */
function watch() {
  const [noPorts, witnesses] = [new NoPortMemory(), new WitnessMemory()];
  return (second: number, sockets: readonly TestSocket[], activeOpens = 10) => {
    const classified = classify(
      reading([...sockets, ...connections(1, { ...OTHER, inode: 9 })], {
        sysctls: NO_REUSE,
        takenAtMs: NOON + 1000 * second,
        counters: { activeOpens, timeWaitReused: 0 },
      }),
    );
    noPorts.recall(classified);
    const sample = measure(classified, { witnesses });
    witnesses.push(sample);
    noPorts.push(sample);
    const other = sample.groups.find(({ remoteAddress }) => remoteAddress === OTHER.remote);
    return [other?.freeAtLeast, other?.free];
  };
}

const ports = (from: number, count: number, socket: Partial<TestSocket>) =>
  Array.from({ length: count }, (_, index): TestSocket => ({
    ...connections(1)[0],
    local: '10.0.3.7',
    localPort: from + 2 * index,
    inode: 100 + index,
    ...socket,
  }));
const withOption = (from: number, count: number) => ports(from, count, { bindAddressNoPort: true });
const closed = (from: number, count: number, secondsAgo: number) =>
  ports(from, count, { state: 'TIME_WAIT', leftMs: 60_000 - 1000 * secondsAgo, inode: 0 });

/** bind() has taken 10 ports of the second half. */
const BOUND = ports(40_001, 10, {});
const CLOSED_BOUND = closed(40_001, 10, 5);

describe('TIME_WAIT of connections with IP_BIND_ADDRESS_NO_PORT', () => {
  test('is not bound if a look saw them live', () => {
    const look = watch();
    expect(look(0, BOUND)).toEqual([89, 89]);
    look(5, [...CLOSED_BOUND, ...withOption(40_000, 50), ...withOption(40_041, 9)], 1000);
    const sockets = [...closed(40_001, 10, 6), ...closed(40_000, 50, 1), ...closed(40_041, 9, 1)];
    const [atLeast] = look(6, sockets, 1000);
    expect(atLeast).toBe(89);
    // Their timers go on.
    const later = [...closed(40_001, 10, 26), ...closed(40_000, 50, 21), ...closed(40_041, 9, 21)];
    expect(look(26, later, 1000)[0]).toBe(89);
  });

  test('is bound, or not, if nobody saw them live', () => {
    const look = watch();
    look(0, BOUND);
    look(5, [...CLOSED_BOUND, ...closed(40_000, 50, 1)], 1000);
    const sockets = [...closed(40_001, 10, 6), ...closed(40_000, 50, 2), ...closed(40_041, 9, 1)];
    expect(look(6, sockets, 1000)[0]).toBe(80);
  });

  test.for([
    [15, 80],
    [16, 89],
  ] as const)(
    'of %d others seen live, and none without it: %d free for sure',
    ([count, atLeast]) => {
      const look = watch();
      look(0, BOUND);
      const first = closed(40_000, 50 - count, 1);
      const live = withOption(40_000 + 2 * (50 - count), count);
      look(5, [...CLOSED_BOUND, ...first, ...live], 1000);
      const sockets = [...closed(40_001, 10, 6), ...first, ...live, ...closed(40_041, 9, 0.5)];
      expect(look(6, sockets, 1000)[0]).toBe(atLeast);
    },
  );

  test('counts as bound as well where others without the option are seen', () => {
    const look = watch();
    look(0, BOUND);
    const live = [...withOption(40_000, 40), ...ports(40_080, 10, {})];
    look(5, [...CLOSED_BOUND, ...live], 1000);
    const sockets = [...closed(40_001, 10, 6), ...live, ...closed(40_041, 9, 0.5)];
    expect(look(6, sockets, 1000)[0]).toBe(80);
  });

  test('is bound, or not, where connect() had room in the first half', () => {
    const look = watch();
    look(0, BOUND);
    look(5, [...CLOSED_BOUND, ...withOption(40_000, 30)]);
    const sockets = [
      ...closed(40_001, 10, 6),
      ...withOption(40_000, 30),
      ...closed(40_041, 9, 0.5),
    ];
    expect(look(6, sockets)[0]).toBe(80);
  });
});
