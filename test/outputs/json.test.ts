import { describe, expect, it, test } from 'vitest';
import { snapshotDocument } from '../helpers/documents.ts';
import { fixtureModel } from '../helpers/fixture.ts';
import { modelWithOwners, withInodes } from '../helpers/owners.ts';
import { limitReached } from '../../src/model/limit-memory.ts';
import {
  FAILURES,
  modelOfSamples,
  PRESSURE_STARTS_MS,
  pressedSamples,
} from '../helpers/pressure.ts';
import { connections } from '../helpers/sockets.ts';

const model = fixtureModel();
/** The document as a script sees it: what JSON cannot hold is gone. */
const document = JSON.parse(JSON.stringify(snapshotDocument(model))) as Record<string, unknown>;

describe('the snapshot of the recorded /proc', () => {
  it.each<[string, unknown]>([
    ['schema', 'ephtop.snapshot/1'],
    ['takenAt', '2026-11-21T12:00:00.123Z'],
    ['host', { hostname: 'proxy-7', kernel: '6.18.44' }],
    ['sampling', { source: 'procfs', durationMs: 11.2, sockets: 36, warnings: [] }],
    ['portSpace', { low: 40_000, high: 40_099, size: 100, reserved: 10, held: 1, usable: 89 }],
    [
      'sysctls',
      {
        'net.ipv4.ip_local_port_range': '40000 40099',
        'net.ipv4.ip_local_reserved_ports': '8080,40010-40019,50000',
        'net.ipv4.tcp_tw_reuse': '2',
        'net.ipv4.tcp_tw_reuse_delay': '1000',
        'net.ipv4.tcp_timestamps': '1',
        'net.ipv4.tcp_max_tw_buckets': '131072',
        'net.ipv4.tcp_fin_timeout': '60',
        'net.ipv4.tcp_tw_recycle': null,
      },
    ],
    ['counters', { activeOpens: 21, attemptFails: 0, timeWaitReused: 0, timeWaitOverflow: 0 }],
    ['byState', { ESTABLISHED: 22, FIN_WAIT2: 1, TIME_WAIT: 9, CLOSE_WAIT: 1, LISTEN: 3 }],
  ])('%s', (name, expected) => expect(document[name]).toMatchObject(expected as object));

  it('has its groups, fullest first', () => {
    expect(document['groups']).toMatchObject([
      {
        localAddress: '10.0.3.7',
        remoteAddress: '10.0.9.21',
        remotePort: 8080,
        family: 4,
        usable: 89,
        used: 13,
        free: 76,
        reusable: 0,
        headroomPercent: 85.39,
        byState: { ESTABLISHED: 5, TIME_WAIT: 7, CLOSE_WAIT: 1 },
        closeRate: 0.7,
        etaSeconds: null,
        steadyStateUsed: 48, // 6 live, and 0.7 closes a second for 60 s
      },
      { localAddress: '::1', remoteAddress: '::1', remotePort: 9090, family: 6, used: 5, free: 84 },
      {
        localAddress: '127.0.0.1',
        remoteAddress: '127.0.0.1',
        remotePort: 9090,
        family: 4,
        used: 3,
      },
    ]);
  });

  it('says when TIME_WAIT ends, second by second', () => {
    const { drainSchedule = [] } = snapshotDocument(model).groups[0] ?? {};
    const perSecond = Array.from({ length: 60 }, () => 0);
    perSecond[57] = 4; // 57.18 s left
    perSecond[59] = 3; // 59.69 s left
    expect(drainSchedule).toEqual(perSecond);
  });
});

describe('numbers that the kernel does not give', () => {
  it('are null, not 0', () => {
    const sample = { ...model.sample, counters: {} };
    expect(snapshotDocument({ ...model, sample }).counters).toEqual({
      activeOpens: null,
      attemptFails: null,
      timeWaitReused: null,
      timeWaitOverflow: null,
    });
  });
});

test('the owners of a group stand in it, with what is not known', () => {
  const given = modelWithOwners(
    withInodes(connections(6), 11),
    [
      { pid: 900, command: 'curl', inodes: [11] },
      { pid: 812, command: 'haproxy', inodes: [12, 13, 14] },
    ],
    14,
  );
  const { groups, sampling } = snapshotDocument(given);
  expect(groups[0]).toMatchObject({
    owners: [
      { pid: 812, command: 'haproxy', sockets: 3 },
      { pid: 900, command: 'curl', sockets: 1 },
    ],
    unownedSockets: 2,
  });
  expect(sampling.ownersUnseen).toBe(14);
});

describe('numbers are rounded', () => {
  const groups = model.groups.slice(0, 1).map((group) => ({
    ...group,
    headroomPercent: 4.360_421,
    closeRate: 448.2499,
    etaSeconds: 38.1499,
  }));

  it('to what they mean', () => {
    expect(snapshotDocument({ ...model, groups }).groups[0]).toMatchObject({
      headroomPercent: 4.36,
      closeRate: 448.2,
      etaSeconds: 38.1,
    });
  });
});

describe('a suggestion', () => {
  const given = {
    id: 'widen-port-range',
    severity: 'critical',
    title: 'Widen the range',
    why: 'It is narrow.',
    commands: ['sysctl -w net.ipv4.ip_local_port_range="1024 65535"'],
    persist: 'a file',
    caution: 'listeners',
  } as const;
  const group = '10.0.3.7 → 10.0.9.21:8080';

  it('has its effect in percent', () => {
    const effect = {
      group,
      headroomBefore: 4.3604,
      headroomAfter: 58.199,
      headroomAfterMinute: 52.04,
    };
    expect(snapshotDocument({ ...model, advice: [{ ...given, effect }] }).advice).toEqual([
      {
        ...given,
        effect: { group, headroomBefore: 4.36, headroomAfter: 58.2, headroomAfterMinute: 52.04 },
      },
    ]);
  });
});

describe('a group that is refused connections', () => {
  const documentOf = (refusals: 'seen' | 'unseen') =>
    snapshotDocument(modelOfSamples(pressedSamples(refusals)));

  it('has how many, whose and since when, and what is wanted', () => {
    const { groups, sampling } = documentOf('seen');
    expect(groups[0]).toMatchObject({
      severity: 'critical',
      etaSeconds: 0,
      freeAtLeast: 0,
      uncertain: null,
      connectFailures: {
        perSecond: 30,
        lastMinute: FAILURES.lastMinute,
        since: '2026-11-21T12:00:00.000Z',
        processes: [
          { pid: 812, command: 'haproxy', refusals: 1200 },
          { pid: null, command: '', refusals: 34 },
        ],
      },
      demandPerSecond: 35,
      demandIsLowerBound: false,
      outOfPorts: {
        now: true,
        over: false,
        since: '2026-11-21T12:00:00.000Z',
        last: '2026-11-21T12:00:02.000Z',
      },
    });
    expect(sampling.connectFailures).toBeNull();
  });

  it('has null where that cannot be seen, and why', () => {
    const { groups, sampling } = documentOf('unseen');
    expect(groups[0]).toMatchObject({
      connectFailures: null,
      demandPerSecond: 5,
      demandIsLowerBound: true,
      outOfPorts: { now: true, over: false },
    });
    expect(sampling.connectFailures).toBe('shown to root only.');
  });

  it('tells another one that nothing was refused from one of which nothing is known', () => {
    const none = { perSecond: 0, lastMinute: 0, since: null, processes: [] };
    expect(documentOf('seen').groups[1]).toMatchObject({ connectFailures: none, outOfPorts: null });
    expect(documentOf('unseen').groups[1]).toMatchObject({
      connectFailures: null,
      demandIsLowerBound: false,
      outOfPorts: null,
    });
  });

  it.each([
    ['dry', { now: true, over: false }],
    ['recovering', { now: false, over: false }],
    ['over', { now: false, over: true }],
  ] as const)('was out of ports, and that is %s now: %j', (stage, said) => {
    const given = modelOfSamples(pressedSamples());
    const limit = { ...limitReached(PRESSURE_STARTS_MS), stage };
    const groups = given.groups.map((group) => ({ ...group, limit }));
    const { outOfPorts } = snapshotDocument({ ...given, groups }).groups[0] ?? {};
    const noon = '2026-11-21T12:00:00.000Z';
    expect(outOfPorts).toEqual({ ...said, since: noon, last: noon });
  });

  it('says what is not sure', () => {
    const given = modelOfSamples(pressedSamples());
    const groups = given.groups.map((group) => ({ ...group, uncertain: 'so', freeAtLeast: 3 }));
    expect(snapshotDocument({ ...given, groups }).groups[1]).toMatchObject({
      free: 80,
      freeAtLeast: 3,
      uncertain: 'so',
    });
  });
});
