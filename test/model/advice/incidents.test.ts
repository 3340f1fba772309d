import { describe, expect, test } from 'vitest';
import type { AdviceId } from '../../../src/model/advice/advice.ts';
import type { Severity } from '../../../src/model/severity.ts';
import { adviceFor, find, type Given, idsOf, listener } from '../../helpers/advice.ts';
import { withInodes } from '../../helpers/owners.ts';
import { connections, type TestSocket, timeWaits } from '../../helpers/sockets.ts';

const OTHER = { remote: '10.0.9.22' };
const LOOPBACK = { local: '127.0.0.1', remote: '127.0.0.1', remotePort: 9090 };
const RANGE = 'net.ipv4.ip_local_port_range';
const REUSE = 'net.ipv4.tcp_tw_reuse';

/** Ports of the second half, in a group whose first half is empty: a bind() took those. */
const boundPorts = (count: number, socket: Partial<TestSocket> = {}) =>
  connections(count, socket, 40_050);

interface Incident extends Given {
  readonly name: string;
  readonly first?: AdviceId;
  readonly others?: readonly AdviceId[];
  readonly never?: readonly AdviceId[];
  readonly severity?: Severity;
  /** Of the first one. */
  readonly commands?: readonly string[];
  readonly says?: RegExp;
  readonly after?: number;
}

const TIME_WAIT_CURES: readonly AdviceId[] = ['enable-tw-reuse', 'enable-timestamps', 'keep-alive'];
const SPREADING: readonly AdviceId[] = ['more-destinations', 'more-sources', 'more-proxies'];
const pileUp = [...connections(5), ...timeWaits(88, 30_000, {}, 40_005)];

const incidents: readonly Incident[] = [
  {
    name: 'TIME_WAIT pile-up',
    sockets: pileUp,
    first: 'enable-tw-reuse',
    others: ['widen-port-range', 'port-search-cliff'],
    never: ['enable-timestamps', 'tw-buckets', 'fin-wait2-orphans', 'disable-tw-recycle'],
    severity: 'critical',
    commands: ['sysctl -w net.ipv4.tcp_tw_reuse=1'],
    says: /88 ports wait 60 s .* The setting is 2, loopback only\./,
    after: 95,
  },
  {
    name: 'TIME_WAIT pile-up, closed just now: cured by keep-alive, which has a number',
    sockets: [...connections(5), ...timeWaits(88, 59_900, {}, 40_005)],
    first: 'keep-alive',
    others: ['widen-port-range', ...SPREADING],
    never: ['enable-tw-reuse'],
    says: /connections a second are closed/,
  },
  {
    name: 'a kernel that has no tcp_tw_reuse',
    sockets: pileUp,
    sysctls: { [REUSE]: null },
    never: ['enable-tw-reuse', 'enable-timestamps'],
  },
  {
    name: 'reuse is on and timestamps are off',
    sockets: pileUp,
    sysctls: { [REUSE]: '1', 'net.ipv4.tcp_timestamps': '0' },
    first: 'enable-timestamps',
    never: ['enable-tw-reuse'],
    commands: ['sysctl -w net.ipv4.tcp_timestamps=1'],
    says: /tcp_tw_reuse is 1, but 88 ports/,
  },
  {
    name: 'loopback with reuse 2 and timestamps off',
    sockets: timeWaits(90, 30_000, LOOPBACK),
    sysctls: { 'net.ipv4.tcp_timestamps': '0' },
    first: 'enable-timestamps',
    never: ['enable-tw-reuse'],
  },
  {
    name: 'loopback with reuse 2: what is old is free, and nothing is said of it',
    sockets: timeWaits(90, 30_000, LOOPBACK),
    never: [...TIME_WAIT_CURES, ...SPREADING, 'port-search-cliff'],
    severity: 'info',
  },
  {
    name: 'CLOSE_WAIT leak of a known program',
    sockets: [
      ...withInodes(connections(80, { state: 'CLOSE_WAIT' }), 100),
      ...timeWaits(12, 30_000, {}, 40_080),
    ],
    processes: [
      { pid: 812, command: 'java', inodes: Array.from({ length: 80 }, (_, i) => 100 + i) },
    ],
    first: 'close-wait-leak',
    others: ['widen-port-range'],
    never: [...TIME_WAIT_CURES, ...SPREADING, 'fin-wait2-orphans'],
    commands: [],
    says: /80 of the 92 ports in use are in CLOSE_WAIT: .* java \(pid 812\) has not called close/,
    after: 88,
  },
  {
    name: 'SYN_SENT pile-up',
    sockets: [...connections(90, { state: 'SYN_SENT' }), ...timeWaits(5, 30_000, {}, 40_090)],
    first: 'upstream-unreachable',
    others: ['widen-port-range'],
    never: [...TIME_WAIT_CURES, ...SPREADING, 'close-wait-leak'],
    says: /90 of the 95 ports in use are in SYN_SENT/,
    after: 95,
  },
  {
    name: 'FIN_WAIT2 without a process: the one case for tcp_fin_timeout',
    sockets: [
      ...connections(80, { state: 'FIN_WAIT2', leftMs: 40_000 }),
      ...connections(12, {}, 40_080),
    ],
    first: 'fin-wait2-orphans',
    others: ['widen-port-range'],
    never: [...TIME_WAIT_CURES, ...SPREADING],
    commands: ['sysctl -w net.ipv4.tcp_fin_timeout=15'],
    says: /80 of them without a process.*about 20 will be left/,
    after: 8,
  },
  {
    name: 'FIN_WAIT2 that a process still has: no sysctl',
    sockets: withInodes(connections(92, { state: 'FIN_WAIT2' }), 100),
    first: 'fin-wait2-orphans',
    commands: [],
    says: /called shutdown\(\), not close\(\)/,
  },
  {
    name: 'a peer that stopped answering: closed connections wait for it',
    sockets: [
      ...connections(40, { state: 'FIN_WAIT1' }),
      ...connections(40, { state: 'LAST_ACK' }, 40_040),
      ...connections(12, {}, 40_080),
    ],
    first: 'peer-does-not-acknowledge',
    others: ['widen-port-range'],
    never: [...TIME_WAIT_CURES, ...SPREADING, 'fin-wait2-orphans', 'close-wait-leak'],
    severity: 'critical',
    commands: ['sysctl -w net.ipv4.tcp_orphan_retries=5'],
    says: /80 of the 92 ports in use are in FIN_WAIT1, LAST_ACK or CLOSING.*0, which stands for 8: 102 s at least; with 5 it is 13 s/,
    after: 78,
  },
  {
    name: 'the same where tcp_orphan_retries is low already: no command',
    sockets: connections(92, { state: 'CLOSING' }),
    sysctls: { 'net.ipv4.tcp_orphan_retries': '5' },
    first: 'peer-does-not-acknowledge',
    commands: [],
    says: /no process has the connection any more\.$/,
  },
  {
    name: 'one retry more than that is lowered',
    sockets: connections(92, { state: 'LAST_ACK' }),
    sysctls: { 'net.ipv4.tcp_orphan_retries': '6' },
    first: 'peer-does-not-acknowledge',
    commands: ['sysctl -w net.ipv4.tcp_orphan_retries=5'],
    says: /It is 6: 25 s at least/,
  },
  {
    name: 'SYN_SENT while there are ports to spare: a NAT on the way may be out of them',
    sockets: connections(40, { state: 'SYN_SENT' }),
    first: 'upstream-unreachable',
    severity: 'info',
    says: /This machine has ports to spare: if there is a NAT on the way/,
  },
  {
    name: 'bind() before connect() to another destination',
    sockets: [...boundPorts(45, OTHER), ...connections(50)],
    first: 'bind-address-no-port',
    never: ['close-wait-leak'],
    commands: [],
    says: /45 ports .* 10\.0\.9\.22:8080: 45\).* costs this group 45 ports/,
    after: 50,
  },
  {
    name: 'the same on a kernel that does not know IP_BIND_ADDRESS_NO_PORT',
    kernelRelease: '3.10.0-1160.el7.x86_64',
    sockets: [...boundPorts(45, OTHER), ...connections(50)],
    never: ['bind-address-no-port', 'more-sources'],
  },
  {
    name: 'reserved ports that nobody listens on',
    sockets: connections(48),
    sysctls: { 'net.ipv4.ip_local_reserved_ports': '40001-40099' },
    others: ['reserved-ports'],
    severity: 'critical',
  },
  {
    name: 'tcp_max_tw_buckets passed',
    sockets: pileUp,
    sysctls: { 'net.ipv4.tcp_max_tw_buckets': '90' },
    counters: { timeWaitNow: 88, timeWaitOverflow: 1234 },
    first: 'enable-tw-reuse',
    others: ['tw-buckets'],
  },
  {
    name: 'a table of tracked connections that is all but full comes before ports',
    sockets: connections(30),
    conntrack: { entries: 260_000, maxEntries: 262_144, timeWaitSeconds: 120 },
    first: 'conntrack-table',
    severity: 'critical',
    commands: [
      'sysctl -w net.netfilter.nf_conntrack_max=524288',
      'sysctl -w net.netfilter.nf_conntrack_tcp_timeout_time_wait=60',
    ],
    says: /260,000 of 262,144 entries.*for 120 s/,
    after: 70,
  },
  {
    name: 'a table of tracked connections with room',
    sockets: connections(30),
    conntrack: { entries: 100, maxEntries: 262_144, timeWaitSeconds: 120 },
    never: ['conntrack-table'],
    severity: 'info',
  },
  {
    name: 'a process near its limit of open files',
    sockets: withInodes(connections(30), 100),
    processes: [
      {
        pid: 812,
        command: 'haproxy',
        inodes: Array.from({ length: 30 }, (_, i) => 100 + i),
        files: { open: 900, limit: 1024, hardLimit: 524_288 },
      },
    ],
    first: 'file-descriptors',
    severity: 'warning',
    commands: ['prlimit --pid 812 --nofile=65536:524288'],
    says: /900 of 1,024 open/,
    after: 70,
  },
  {
    name: 'a process that may open any number of files',
    sockets: withInodes(connections(1), 100),
    processes: [
      {
        pid: 812,
        command: 'haproxy',
        inodes: [100],
        files: { open: 900, limit: Infinity, hardLimit: Infinity },
      },
    ],
    never: ['file-descriptors'],
  },
  {
    name: 'tcp_tw_recycle on an old kernel',
    kernelRelease: '3.10.0-1160.el7.x86_64',
    sockets: connections(30),
    sysctls: { 'net.ipv4.tcp_tw_recycle': '1', [REUSE]: '0' },
    first: 'disable-tw-recycle',
    severity: 'warning',
    commands: ['sysctl -w net.ipv4.tcp_tw_recycle=0'],
    says: /Linux 4\.12 removed it/,
  },
  {
    name: 'tcp_tw_recycle is off',
    sockets: connections(30),
    sysctls: { 'net.ipv4.tcp_tw_recycle': '0' },
    never: ['disable-tw-recycle'],
  },
  {
    name: 'an odd-sized range',
    sockets: connections(30),
    sysctls: { [RANGE]: '40000 40100' },
    others: ['odd-range'],
    severity: 'info',
  },
  {
    name: 'past half of the range',
    sockets: connections(60),
    others: ['port-search-cliff'],
    severity: 'info',
  },
  {
    name: 'a healthy machine',
    sockets: [...connections(10), ...timeWaits(5, 30_000, {}, 40_010), listener(80)],
    sysctls: { [RANGE]: '1024 65535' },
    never: ['widen-port-range', 'port-search-cliff', ...SPREADING, 'odd-range', 'tw-buckets'],
    severity: 'info',
  },
];

describe('an incident, and what is said about it', () => {
  test.for(incidents)('$name', (incident) => {
    const { first, others = [], never = [], severity, commands, says, after, ...given } = incident;
    const advice = adviceFor(given);
    const [best] = advice;
    if (first !== undefined) expect(best?.id).toBe(first);
    expect(idsOf(advice)).toEqual(expect.arrayContaining([...others]));
    for (const id of never) expect(idsOf(advice)).not.toContain(id);
    if (severity !== undefined) expect(best?.severity ?? 'info').toBe(severity);
    if (commands !== undefined) expect(best?.commands).toEqual(commands);
    if (says !== undefined) expect(best?.why).toMatch(says);
    if (after !== undefined) expect(best?.effect.headroomAfter).toBeCloseTo(after, 1);
    expect(new Set(idsOf(advice)).size).toBe(advice.length);
    for (const { title, why, caution } of advice)
      expect(title.length > 10 && why.length > 10 && caution !== '').toBe(true);
  });
});

describe('commands', () => {
  test('give back reserved ports, but for listeners, and for what is outside the range', () => {
    const advice = adviceFor({
      sockets: [...connections(25), listener(40_098), listener(8080)],
      sysctls: { 'net.ipv4.ip_local_reserved_ports': '8080,9000,40050-40099' },
    });
    expect(find(advice, 'reserved-ports')).toMatchObject({
      commands: ['sysctl -w net.ipv4.ip_local_reserved_ports="8080,9000,40098"'],
      effect: { headroomBefore: 50, headroomAfter: (100 * 74) / 99 },
    });
  });

  test('do not give back those that connections have, and none if most are in use', () => {
    const byNumber = (count: number) =>
      connections(count, { remotePort: 9090 }).map((socket, index) => ({
        ...socket,
        localPort: 40_050 + index,
      }));
    const adviceWith = (count: number) =>
      find(
        adviceFor({
          sockets: [...connections(25), ...byNumber(count)],
          sysctls: { 'net.ipv4.ip_local_reserved_ports': '40050-40099' },
        }),
        'reserved-ports',
      );
    expect(adviceWith(20)).toMatchObject({
      title: 'Give back 30 reserved ports that nobody listens on',
      commands: ['sysctl -w net.ipv4.ip_local_reserved_ports="40050-40069"'],
      effect: { headroomBefore: 50, headroomAfter: (100 * 55) / 80 },
    });
    expect(adviceWith(20)?.caution).toContain(
      'Connections have 20 more of them, which stay reserved',
    );
    expect(adviceWith(1)?.caution).toContain('A connection has 1 more of them');
    expect(adviceWith(0)?.caution).not.toContain('more of them');
    expect(adviceWith(25)).toBeDefined();
    expect(adviceWith(26)).toBeUndefined();
  });

  test('nor that of an enabled service that is down', () => {
    const advice = adviceFor({
      sockets: connections(25),
      sysctls: { 'net.ipv4.ip_local_reserved_ports': '40050-40099' },
      configuredPorts: [{ port: 40_060, unit: 'x.service' }],
    });
    expect(find(advice, 'reserved-ports')?.commands).toEqual([
      'sysctl -w net.ipv4.ip_local_reserved_ports="40060"',
    ]);
  });

  test('raise tcp_max_tw_buckets, and keep it raised', () => {
    const advice = adviceFor({
      sockets: pileUp,
      sysctls: { 'net.ipv4.tcp_max_tw_buckets': '131072' },
      counters: { timeWaitNow: 131_072, timeWaitOverflow: 5 },
    });
    expect(find(advice, 'tw-buckets')).toMatchObject({
      severity: 'warning',
      commands: ['sysctl -w net.ipv4.tcp_max_tw_buckets=262144'],
      persist: expect.stringContaining("'net.ipv4.tcp_max_tw_buckets=262144'") as string,
    });
  });

  test.for([
    ['40000 40100', [], ['sysctl -w net.ipv4.ip_local_port_range="40000 40101"']],
    ['40001 65535', [], ['sysctl -w net.ipv4.ip_local_port_range="40000 65535"']],
    [
      '40000 40100',
      [40_101],
      [
        'sysctl -w net.ipv4.ip_local_reserved_ports="40101"',
        'sysctl -w net.ipv4.ip_local_port_range="40000 40101"',
      ],
    ],
  ] as const)('make %j even, listeners %j', ([range, ports, commands]) => {
    const sockets = [...connections(3), ...ports.map(listener)];
    const odd = find(adviceFor({ sockets, sysctls: { [RANGE]: range } }), 'odd-range');
    expect(odd?.commands).toEqual(commands);
  });

  test('a range below 1024 is not made odd, nor kept', () => {
    const advice = adviceFor({ sockets: connections(3), sysctls: { [RANGE]: '1001 65535' } });
    expect(find(advice, 'odd-range')).toBeUndefined();
  });
});

describe('effects count every port', () => {
  test('connections outside the range, and inside the wider one, count as used there', () => {
    const outside = connections(30, {}, 45_000);
    const before = adviceFor({ sockets: connections(95) });
    const after = adviceFor({ sockets: [...connections(95), ...outside] });
    const usable = 64_512;
    expect(find(before, 'widen-port-range')?.effect.headroomAfter).toBeCloseTo(
      (100 * (usable - 95)) / usable,
      6,
    );
    expect(find(after, 'widen-port-range')?.effect.headroomAfter).toBeLessThan(
      (100 * (usable - 95 - 29)) / usable,
    );
  });

  test('what a bind() holds without listening is not usable in the wider range either', () => {
    const bound: TestSocket = { local: '10.0.3.7', localPort: 50_000, state: 'BOUND_INACTIVE' };
    const widen = find(adviceFor({ sockets: [...connections(95), bound] }), 'widen-port-range');
    expect(widen?.effect.headroomAfter).toBeCloseTo((100 * (64_511 - 95)) / 64_511, 6);
    expect(widen?.commands).toHaveLength(1);
  });

  test('reuse does not free what a bind() holds', () => {
    const bound = timeWaits(40, 30_000, {}, 40_050);
    expect(find(adviceFor({ sockets: bound }), 'enable-tw-reuse')).toBeUndefined();
  });
});
