import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseReservedPorts } from '../../../src/kernel/port-range.ts';
import { sysctlNumber } from '../../../src/kernel/sysctl.ts';
import { TCP_STATES, type TcpState } from '../../../src/kernel/tcp-state.ts';
import type { Advice, AdviceId } from '../../../src/model/advice/advice.ts';
import { type Cause, pressureOn } from '../../../src/model/advice/cause.ts';
import { isBoundByNumber } from '../../../src/model/advice/explicit-source-ports.ts';
import { buildModel, type Model } from '../../../src/model/model.ts';
import { sampleOf } from '../../../src/model/sample/measure.ts';
import { portSettings } from '../../../src/model/sample/port-space.ts';
import { SEVERITIES } from '../../../src/model/severity.ts';
import { ownersOf } from '../../helpers/owners.ts';
import { reading, SMALL_RANGE, type TestSocket } from '../../helpers/sockets.ts';

const STATES = TCP_STATES.filter(
  (state): state is TcpState => state !== undefined && state !== 'LISTEN',
);

/** Some connections of one group, in one state, from `from` on in steps. */
const run = fc.record({
  state: fc.constantFrom<TcpState>(
    'ESTABLISHED',
    'TIME_WAIT',
    'TIME_WAIT',
    'CLOSE_WAIT',
    'SYN_SENT',
    'FIN_WAIT2',
    'FIN_WAIT1',
    'LAST_ACK',
    ...STATES,
  ),
  remote: fc.constantFrom('10.0.9.21', '10.0.9.22', '127.0.0.1'),
  local: fc.constantFrom('10.0.3.7', '10.0.3.7', '127.0.0.1'),
  count: fc.integer({ min: 0, max: 100 }),
  from: fc.integer({ min: 39_980, max: 40_110 }),
  step: fc.constantFrom(1, 2),
  leftMs: fc.integer({ min: 0, max: 60_000 }),
  inode: fc.constantFrom(0, 1000),
});

const listeners = fc.uniqueArray(
  fc.constantFrom(22, 80, 8080, 10_250, 30_080, 40_050, 40_100, 65_535),
);

const value = (...values: (string | null)[]) => fc.constantFrom(...values);

/** Each third port, in more characters than sysctl writes. */
const LONG_LIST = Array.from({ length: 900 }, (_, index) => 42_000 + 3 * index).join(',');

const configuredPorts = fc.option(
  fc.uniqueArray(
    fc.record({
      port: fc.constantFrom(3000, 5432, 8080, 40_051, 50_000),
      unit: fc.constantFrom('a.service', 'b.socket'),
    }),
    { selector: ({ port }) => port },
  ),
  { nil: undefined },
);

/** What is measured of a group beside its states. */
const measured = fc.record({
  outsideRange: fc.record({
    count: fc.constantFrom(0, 9, 10, 1000),
    low: fc.constantFrom(665, 10_000),
    high: fc.constantFrom(1023, 10_999),
  }),
  reuse: fc.option(
    fc.record({
      works: fc.constantFrom(true, false, undefined),
      evidence: fc.constantFrom('counter' as const, 'timestamps' as const),
      expected: fc.nat(5000),
      seen: fc.nat(5000),
    }),
    { nil: undefined },
  ),
});

const sysctls = fc.record({
  'net.ipv4.ip_local_port_range': value(
    '40000 40099',
    '40000 40100',
    '40001 40100',
    '1024 65535',
    '500 65000',
    '1023 65535',
    '32768 60999',
    'garbage',
    null,
  ),
  'net.ipv4.ip_local_reserved_ports': value(
    '',
    '40010-40089',
    '8080,30000-32767',
    LONG_LIST,
    'x',
    null,
  ),
  'net.ipv4.tcp_tw_reuse': value('0', '1', '2', '3', null),
  'net.ipv4.tcp_tw_reuse_delay': value('0', '1000', '60000', null),
  'net.ipv4.tcp_timestamps': value('0', '1', '2', null),
  'net.ipv4.tcp_max_tw_buckets': value('0', '50', '131072', '2147483647', 'x', null),
  'net.ipv4.tcp_fin_timeout': value('5', '15', '60', '600', '', null),
  'net.ipv4.tcp_tw_recycle': value('0', '1', '', 'x', null),
  'net.ipv4.tcp_orphan_retries': value('0', '3', '5', '6', '8', 'x', null),
  'net.ipv4.ip_unprivileged_port_start': value(
    '0',
    '1024',
    '1025',
    '8000',
    '40001',
    '65535',
    'x',
    null,
  ),
});

const maybeCount = fc.option(fc.integer({ min: 0, max: 300_000 }), { nil: undefined });

const situation = fc.record({
  runs: fc.array(run, { maxLength: 5 }),
  listeners,
  sysctls,
  configuredPorts,
  measured,
  kernelRelease: fc.constantFrom('6.18.44', '4.1.0', '3.10.0-1160', '5.4', 'unknown'),
  counters: fc.record({ timeWaitNow: maybeCount, timeWaitOverflow: maybeCount }),
  conntrack: fc.option(
    fc.record({
      entries: fc.nat(300_000),
      maxEntries: fc.nat(300_000),
      timeWaitSeconds: fc.option(fc.nat(300), { nil: undefined }),
    }),
    { nil: undefined },
  ),
  files: fc.option(
    fc.record({
      open: fc.nat(2000),
      limit: fc.constantFrom(0, 1024, 1_048_576, Infinity),
      hardLimit: fc.constantFrom(1024, 524_288, Infinity),
    }),
    { nil: undefined },
  ),
});

function modelOf(given: typeof situation extends fc.Arbitrary<infer Value> ? Value : never): Model {
  const sockets: TestSocket[] = given.listeners.map((localPort) => ({
    local: '0.0.0.0',
    localPort,
    state: 'LISTEN',
  }));
  for (const { state, remote, local, count, from, step, leftMs, inode } of given.runs) {
    const timed = state === 'TIME_WAIT' ? { leftMs } : { inode };
    for (let index = 0; index < count; index++)
      sockets.push({
        local,
        localPort: from + index * step,
        remote,
        remotePort: 7000,
        state,
        ...timed,
      });
  }
  const { kernelRelease, counters, conntrack, files, configuredPorts: configured } = given;
  const owners = ownersOf([
    { pid: 812, command: 'haproxy', inodes: [1000], ...(files === undefined ? {} : { files }) },
  ]);
  const sample = sampleOf(
    reading(sockets, {
      sysctls: { ...SMALL_RANGE, ...given.sysctls },
      configuredPorts: configured,
      kernelRelease,
      counters,
      conntrack,
    }),
    { owners },
  );
  const groups = sample.groups.map((group) => ({ ...group, ...given.measured }));
  return buildModel({ ...sample, groups });
}

/** All that a command may be: nothing in it needs more of the shell than double quotes around plain text. */
const COMMANDS = [
  /^sysctl -w [a-z0-9_.]+=\d+$/,
  /^sysctl -w net\.ipv4\.ip_local_port_range="\d+ \d+"$/,
  /^sysctl -w net\.ipv4\.ip_local_reserved_ports="[\d,-]*"$/,
  /^echo [\d,-]{1,4000} \| dd of=\/proc\/sys\/net\/ipv4\/ip_local_reserved_ports bs=4096 seek=1 conv=notrunc$/,
  /^prlimit --pid \d+ --nofile=\d+:(?:\d+|unlimited)$/,
];
const PERSIST = [
  /^printf '%s\\n'(?: '[a-z0-9_.]+=[\d, -]*')+ >> \/etc\/sysctl\.d\/90-ephtop\.conf$/,
  /^LimitNOFILE=\d+ in /,
];

const valueSet = (commands: string, name: string) =>
  new RegExp(`${name}=["']?(\\d+)(?: (\\d+))?`).exec(commands)?.slice(1).map(Number);

function expectSafe({ id, commands, persist }: Advice, { sample }: Model): void {
  const all = commands.join('\n');
  for (const command of commands) expect(COMMANDS.some((form) => form.test(command))).toBe(true);
  if (persist !== undefined) expect(PERSIST.some((form) => form.test(persist))).toBe(true);
  expect(`${all}\n${persist ?? ''}`).not.toMatch(/recycle=(?!0)/);
  if (id !== 'fin-wait2-orphans') expect(all).not.toMatch(/tcp_fin_timeout/);
  const [low = 1024, high = 65_535] = valueSet(all, 'ip_local_port_range') ?? [];
  expect([low >= 1024, high <= 65_535, low < high, (high - low) % 2]).toEqual([
    true,
    true,
    true,
    1,
  ]);
  const [buckets = Infinity] = valueSet(all, 'tcp_max_tw_buckets') ?? [];
  expect(buckets).toBeGreaterThan(sysctlNumber(sample.sysctls, 'net.ipv4.tcp_max_tw_buckets') ?? 0);
  const range = commands.findIndex((command) => command.includes('port_range'));
  const reserve = commands.findIndex((command) => command.includes('reserved_ports'));
  if (range >= 0 && reserve >= 0) expect(reserve).toBeLessThan(range);
  for (const [, name = ''] of all.matchAll(/sysctl -w (net\.ipv4[a-z0-9_.]+)=/g))
    expect(sample.sysctls[name as keyof typeof sample.sysctls]).not.toBeNull();
}

/** The widest range is one that the kernel accepts, and takes no port off the list of reserved ones. */
function expectAccepted({ id, commands }: Advice, { sample }: Model): void {
  const all = commands.join('\n');
  const [low] = valueSet(all, 'ip_local_port_range') ?? [];
  const start = sysctlNumber(sample.sysctls, 'net.ipv4.ip_unprivileged_port_start') ?? 0;
  if (low !== undefined) expect(low).toBeGreaterThanOrEqual(start);
  if (id !== 'widen-port-range') return;
  const { reserved } = portSettings(sample.sysctls);
  const list = /ip_local_reserved_ports="([\d,-]*)"/.exec(all)?.[1];
  const added = /^echo (\S+) /.exec(all)?.[1];
  const after = [
    ...(list === undefined ? reserved : parseReservedPorts(list, 'list')),
    ...parseReservedPorts(added ?? '', 'added'),
  ];
  const isReserved = (port: number) => after.some((each) => each.low <= port && port <= each.high);
  const needed = [
    ...reserved.flatMap(({ low: first, high: last }) => [first, last]),
    ...sample.listeningPorts.filter((port) => port >= 1024),
    ...(sample.configuredPorts ?? []).map(({ port }) => port),
  ];
  expect(needed.filter((port) => !isReserved(port))).toEqual([]);
}

const CURES: Readonly<Record<Cause, readonly AdviceId[]>> = {
  CLOSE_WAIT: ['close-wait-leak'],
  SYN_SENT: ['upstream-unreachable'],
  FIN_WAIT2: ['fin-wait2-orphans'],
  unacknowledged: ['peer-does-not-acknowledge'],
  bind: ['bind-address-no-port'],
  TIME_WAIT: ['enable-tw-reuse', 'enable-timestamps', 'keep-alive', 'reuse-does-not-work'],
  live: [],
};
/** What must not be said where it would not help. */
const USELESS: Readonly<Partial<Record<Cause, RegExp>>> = {
  CLOSE_WAIT: /^(?:enable|keep|more)-/,
  SYN_SENT: /^(?:enable|keep|more)-/,
  FIN_WAIT2: /^(?:enable|keep|more)-/,
  unacknowledged: /^(?:enable|keep|more)-/,
};

test('whatever the situation: no dangerous command, effects within 0 … 100, the cause first', () => {
  fc.assert(
    fc.property(situation, (given) => {
      const model = modelOf(given);
      const { advice, sample, worst } = model;
      if (worst === undefined) {
        expect(advice).toEqual([]);
        return;
      }
      const { cause } = pressureOn(sample, worst);
      for (const suggestion of advice) {
        expectSafe(suggestion, model);
        expectAccepted(suggestion, model);
        const { headroomBefore, headroomAfter } = suggestion.effect;
        expect(headroomBefore).toBe(worst.headroomPercentAtLeast);
        expect(headroomAfter >= headroomBefore && headroomAfter <= 100).toBe(true);
        expect(suggestion.id).not.toMatch(USELESS[cause] ?? /^$/);
      }
      if (isBoundByNumber(worst))
        expect(advice.map(({ id }) => id)).not.toContain('widen-port-range');
      const curing = advice.findIndex(({ id }) => CURES[cause].includes(id));
      const level = (severity: Advice['severity']) => SEVERITIES.indexOf(severity);
      // Only another limit that is nearer than the ports may come before, or, where there are none, what gives some at once.
      for (const before of advice.slice(0, Math.max(0, curing))) {
        const { headroomBefore, headroomAfter } = before.effect;
        const isRelief = before.commands.length > 0 && headroomAfter > headroomBefore;
        if (worst.free > 0 || !isRelief)
          expect(level(before.severity)).toBeGreaterThan(level(worst.severity));
      }
      const isStuck = USELESS[cause] !== undefined;
      if (isStuck && worst.free > 0) expect(curing).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 300 },
  );
});
