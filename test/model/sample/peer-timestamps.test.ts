import { describe, expect, test } from 'vitest';
import type { KernelReading } from '../../../src/kernel/reading.ts';
import { classify } from '../../../src/model/sample/classify.ts';
import { sampleOf } from '../../../src/model/sample/measure.ts';
import { TimestampMemory } from '../../../src/model/sample/peer-timestamps.ts';
import { connections, reading, SMALL_RANGE, type TestSocket } from '../../helpers/sockets.ts';

const SYSCTLS = {
  ...SMALL_RANGE,
  'net.ipv4.ip_local_port_range': '40000 40999',
  'net.ipv4.tcp_tw_reuse': '1',
};

/** 20 live connections and 60 that can be taken over, to one peer. */
const SOCKETS = connections(80).map((socket, index): TestSocket => ({
  ...socket,
  localPort: 40_000 + 2 * index,
  ...(index >= 20 && { state: 'TIME_WAIT', leftMs: 30_000 }),
}));

const lookAt = (
  afterMs = 0,
  sockets: readonly TestSocket[] = SOCKETS,
  sysctls: KernelReading['sysctls'] = SYSCTLS,
): KernelReading => {
  const taken = reading(sockets, { sysctls });
  return { ...taken, takenAtMs: taken.takenAtMs + afterMs };
};

/** A look; `answer`: what each row that is asked about says. How many were asked about. */
function look(
  timestamps: TimestampMemory,
  answer: (turn: number) => boolean | undefined,
  given = lookAt(),
): number {
  const rows = timestamps.rowsToAsk(classify(given));
  timestamps.learn(
    given,
    rows,
    rows.map((_, turn) => answer(turn)),
  );
  return rows.length;
}

const groupAfter = (timestamps: TimestampMemory, given = lookAt()) =>
  sampleOf(given, { timestamps }).groups[0];

describe('TIME_WAIT of a peer', () => {
  test('whose live connections have timestamps is taken over', () => {
    const timestamps = new TimestampMemory();
    look(timestamps, () => true);
    const group = groupAfter(timestamps);
    expect(group).toMatchObject({ free: 980, freeAtLeast: 980, reusable: 60 });
    expect(group?.reuse).toBeUndefined();
  });

  test('whose live connections have none counts as used', () => {
    const timestamps = new TimestampMemory();
    look(timestamps, () => false);
    expect(groupAfter(timestamps)).toMatchObject({
      reuse: { works: false, evidence: 'timestamps', expected: 16, seen: 0 },
      free: 920,
      freeAtLeast: 920,
      reusable: 0,
      freedByReuse: 0,
    });
  });

  test('of which some have none is in doubt', () => {
    const timestamps = new TimestampMemory();
    look(timestamps, (turn) => turn % 2 === 0);
    expect(groupAfter(timestamps)).toMatchObject({
      reuse: { works: undefined, evidence: 'timestamps', expected: 16, seen: 8 },
      free: 980,
      freeAtLeast: 920,
      uncertain:
        'connect() may fail to take over 60 ports in TIME_WAIT: 8 of 16 live connections checked have no TCP timestamps.',
    });
  });

  test('of which some have none promises that share of what reuse would free', () => {
    const timestamps = new TimestampMemory();
    const off = lookAt(0, SOCKETS, { ...SYSCTLS, 'net.ipv4.tcp_tw_reuse': '0' });
    look(timestamps, (turn) => turn % 2 === 0, off);
    const group = groupAfter(timestamps, off);
    expect(group).toMatchObject({ freedByReuse: 30, free: 920, freeAtLeast: 920 });
    expect(group?.uncertain).toBeUndefined();
  });

  test('that has gone before it could be asked is not known', () => {
    const timestamps = new TimestampMemory();
    look(timestamps, () => undefined);
    expect(groupAfter(timestamps)?.reuse).toBeUndefined();
  });

  test('that nobody can ask is not known', () => {
    const timestamps = new TimestampMemory();
    const given = lookAt();
    timestamps.learn(given, timestamps.rowsToAsk(classify(given)), []);
    expect(groupAfter(timestamps)?.reuse).toBeUndefined();
  });
});

describe('who is asked', () => {
  test('sixteen live connections of a group at first, then two in a look, and others in the next', () => {
    const timestamps = new TimestampMemory();
    const ask = (afterMs: number) => {
      const given = lookAt(afterMs);
      const rows = timestamps.rowsToAsk(classify(given));
      timestamps.learn(
        given,
        rows,
        rows.map(() => undefined),
      );
      for (const row of rows) expect(SOCKETS[row]?.state).not.toBe('TIME_WAIT');
      return rows;
    };
    expect(new Set(ask(0)).size).toBe(16);
    const later = [...ask(1000), ...ask(2000)];
    expect(later).toHaveLength(4);
    expect(new Set(later).size).toBe(4);
  });

  test.each([
    ['30 connections are enough', 30, 16],
    ['29 are too few to matter', 29, 0],
  ])('%s', (_, count, expected) => {
    expect(look(new TimestampMemory(), () => true, lookAt(0, SOCKETS.slice(0, count)))).toBe(
      expected,
    );
  });

  test('nobody any more once the source has said that it tells nothing, until it answers again', () => {
    const timestamps = new TimestampMemory();
    const given = lookAt();
    timestamps.learn(given, timestamps.rowsToAsk(classify(given)), undefined);
    expect(timestamps.rowsToAsk(classify(lookAt(60_000)))).toEqual([]);
    // Another source may be back, asked about no row as yet.
    timestamps.learn(lookAt(60_000), [], []);
    expect(timestamps.rowsToAsk(classify(lookAt(61_000)))).not.toEqual([]);
  });

  test('nobody where timestamps are off here', () => {
    const off = lookAt(0, SOCKETS, { ...SYSCTLS, 'net.ipv4.tcp_timestamps': '0' });
    expect(look(new TimestampMemory(), () => true, off)).toBe(0);
  });

  test('nobody in the middle of a handshake', () => {
    const pending = SOCKETS.slice(0, 40).map((socket) => ({
      ...socket,
      state: 'SYN_SENT' as const,
    }));
    expect(look(new TimestampMemory(), () => true, lookAt(0, pending))).toBe(0);
  });

  test('again after a second until sixteen have answered, and then after twenty', () => {
    const timestamps = new TimestampMemory();
    const askedAt = (afterMs: number) =>
      look(timestamps, (turn) => (turn < 14 ? true : undefined), lookAt(afterMs)) > 0;
    expect(askedAt(0)).toBe(true);
    expect(askedAt(999)).toBe(false);
    expect(askedAt(1000)).toBe(true);
    expect(askedAt(20_999)).toBe(false);
    expect(askedAt(21_000)).toBe(true);
  });

  test('few more than 64 in a look, and in time all of many groups', () => {
    const sockets = Array.from({ length: 40 }, (_, peer) =>
      SOCKETS.slice(0, 30).map((socket) => ({ ...socket, remote: `10.0.8.${peer + 1}` })),
    ).flat();
    const timestamps = new TimestampMemory();
    const given = lookAt(0, sockets);
    const askedOf = new Set<string | undefined>();
    for (let turn = 0; turn < 40; turn++) {
      const rows = timestamps.rowsToAsk(classify(given));
      expect(rows.length).toBeLessThan(64 + 16);
      for (const row of rows) askedOf.add(sockets[row]?.remote);
      timestamps.learn(
        given,
        rows,
        rows.map(() => true),
      );
    }
    expect(askedOf.size).toBe(40);
  });
});

test('the newest sixteen answers decide', () => {
  const timestamps = new TimestampMemory();
  look(timestamps, (turn) => turn > 1);
  expect(groupAfter(timestamps)?.reuse).toMatchObject({ expected: 16, seen: 14 });
  look(timestamps, () => true, lookAt(20_000));
  expect(groupAfter(timestamps)?.reuse).toBeUndefined();
});

test('what is known of one service proves nothing of another of the same address', () => {
  const timestamps = new TimestampMemory();
  look(timestamps, () => false);
  const elsewhere = SOCKETS.map((socket) => ({ ...socket, remotePort: 9090 }));
  expect(groupAfter(timestamps, lookAt(0, elsewhere))).toMatchObject({
    free: 980,
    freeAtLeast: 920,
    reuse: { works: undefined },
  });
});

test('another service of an address whose connections have no timestamps is in doubt', () => {
  const live = connections(40, { remotePort: 9090 }).map((socket, index) => ({
    ...socket,
    localPort: 40_400 + 2 * index,
  }));
  const after = (answer: (turn: number) => boolean, remote = '10.0.9.21') => {
    const closed = SOCKETS.slice(20).map((socket) => ({ ...socket, remote }));
    const given = lookAt(0, [...closed, ...live]);
    const timestamps = new TimestampMemory();
    look(timestamps, answer, given);
    return sampleOf(given, { timestamps }).groups.find(({ remotePort }) => remotePort === 8080);
  };
  const doubted = after(() => false);
  expect(doubted).toMatchObject({ free: 1000, freeAtLeast: 940, freedByReuse: 0 });
  expect(doubted?.uncertain).toContain('have no TCP timestamps');
  expect(after((turn) => turn > 0)).toMatchObject({ free: 1000, freeAtLeast: 940 });
  expect(after(() => true)).toMatchObject({ free: 1000, freeAtLeast: 1000 });
  expect(after(() => false, '10.0.9.2')).toMatchObject({ free: 1000, freeAtLeast: 1000 });
});
