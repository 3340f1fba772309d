/** Refused connections: what the watcher shows must be what the kernel did. */
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { nodePath } from '../../helpers/namespace.ts';
import { apart, requireTracefs } from '../../helpers/tracefs-namespace.ts';

const scenarioPath = fileURLToPath(new URL('./refusal-scenarios.ts', import.meta.url));

const scenario = async (name: string): Promise<unknown> => {
  const command = [nodePath(), '--disable-warning=ExperimentalWarning', scenarioPath, name];
  return JSON.parse(await apart(command, 'alone'));
};

// They wait for the tests of exhaustion to end.
vi.setConfig({ testTimeout: 180_000 });
beforeEach(requireTracefs);

const times = (count: number, row: string) => Array.from({ length: count }, () => row);

describe('what is seen', () => {
  test('each EADDRNOTAVAIL of connect() is one row, with its process and both addresses', async () => {
    const plain = '4 10.9.9.1 10.9.9.1 8080';
    const once = { result: -1, rows: [plain] };
    expect(await scenario('kinds')).toEqual({
      plain: times(5, plain),
      noPort: times(3, '4 10.9.9.2 10.9.9.1 8080'),
      ipv6: times(2, '6 fd00::1 fd00::1 8080'),
      mapped: times(2, plain),
      others: ['non-blocking', 'MPTCP', 'TCP Fast Open'].map((name) => ({ name, ...once })),
      timesAreInOrder: true,
    });
  });

  test('connections that fail in another way, by timeout or with their process are none', async () => {
    expect(await scenario('failuresOfOtherKinds')).toEqual({
      codes: ['ECONNREFUSED', 'EADDRINUSE', 'EHOSTUNREACH', 'EINPROGRESS'],
      wasConnecting: true,
      rows: 0,
      lost: 0,
      control: 1,
    });
  });

  test('a socket that has had a port before is not seen: a known limit', async () => {
    expect(await scenario('socketUsedAgain')).toEqual({
      codes: ['ECONNREFUSED', 'EADDRNOTAVAIL'],
      rows: [],
    });
  });

  test('refusals of another network namespace are seen, and left out', async () => {
    const leftOut = { own: 1, notOwn: 0, unattributed: 0, elsewhere: 6 };
    expect(await scenario('otherNamespace')).toEqual({
      seen: 7,
      alive: leftOut,
      remembered: leftOut,
      neverSeenAlive: { own: 1, notOwn: 0, unattributed: 2, elsewhere: 4 },
    });
  });

  test('what a ring has no room for is counted', async () => {
    const [first, second, third] = (await scenario('overflow')) as Record<string, number>[];
    // The few that other tests are refused at this moment are among those that are lost, and nothing tells them apart.
    const counted = (first?.['seen'] ?? 0) + (first?.['lost'] ?? 0);
    expect(counted).toBeGreaterThanOrEqual(3000);
    expect(counted).toBeLessThan(3020);
    expect(first?.['lost']).toBeGreaterThan(1000);
    expect(second).toMatchObject({ seen: 0, lost: 0 });
    expect(third).toMatchObject({ seen: 10, lost: 0 });
  });
});

describe('what it costs', () => {
  test('opened and closed 200 times, no file and no mapping is left', async () => {
    const { before, after, open, afterwards } = (await scenario('openAndClose')) as Record<
      string,
      object
    >;
    expect(after).toEqual(before);
    expect(before).toMatchObject({ rings: 0 });
    expect(open).toBeGreaterThan(0);
    expect(afterwards).toEqual({ refusals: [], lost: 0 });
  });

  test('a reading of 250 refusals takes milliseconds, and one of none microseconds', async () => {
    const { openMs, rounds, idleUs } = (await scenario('cost')) as {
      openMs: number;
      rounds: { rows: number; cpuMs: number }[];
      idleUs: number;
    };
    expect(rounds.map(({ rows }) => rows)).toEqual([251, ...times(7, '').map(() => 250)]);
    const median = rounds.map(({ cpuMs }) => cpuMs).toSorted((a, b) => a - b)[4];
    expect(median).toBeLessThan(3);
    expect(idleUs).toBeLessThan(20);
    expect(openMs).toBeLessThan(1000);
  });
});

describe('who may see it', () => {
  test('not another user', async () => {
    expect(await scenario('asNobody')).toEqual({
      unseen: expect.stringMatching(
        /shown to root only \(tracefs: EACCES\): use sudo, or sudo setcap/,
      ),
    });
  });

  test('not the root of a user namespace', async () => {
    expect(await scenario('asRootOfUserNamespace')).toEqual({
      unseen: expect.stringMatching(/this root is confined \(perf_event_open: EACCES\)/),
    });
  });
});
