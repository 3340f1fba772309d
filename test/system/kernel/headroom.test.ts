/**
 * ephtop's numbers against the kernel: build a situation, take the snapshot, then open connections
 * until the kernel has no port left. What succeeded is what `free` must have said.
 */
import { beforeEach, describe, type ExpectStatic, test } from 'vitest';
import { type Namespace, openNamespace, requireNamespace } from '../../helpers/namespace.ts';
import type { SourceName } from '../../helpers/namespace-protocol.ts';
import type { SnapshotDocument, SnapshotGroup } from '../../helpers/snapshot-document.ts';
import { countStates, rowsOfGroup, type SsRow } from '../../helpers/ss-rows.ts';
import { scenarios } from './headroom-scenarios.ts';
import { isSince } from './kernel-version.ts';
import { type Expected, REMOTE_LIKE, REUSE_DELAY, type Scenario } from './scenario.ts';

beforeEach(requireNamespace);

const TIMEOUT_MS = 180_000;
const SOURCES = ['netlink', 'procfs'] as const;

/** A namespace with the scenario's sysctls, and listeners where its groups connect to. */
async function prepare({
  range,
  sysctls,
  expected,
}: Pick<Scenario, 'range' | 'sysctls' | 'expected'>) {
  const namespace = await openNamespace();
  await namespace.setSysctl('net.ipv4.ip_local_port_range', range ?? '40000 40099');
  for (const [name, value] of Object.entries(sysctls ?? {})) {
    const optional = name === REUSE_DELAY && (await namespace.readSysctl(name)) === null;
    if (!optional) await namespace.setSysctl(name, value);
  }
  await namespace.addAddress(REMOTE_LIKE.address);
  const destinations = new Map(
    expected.map(({ destination }) => [`${destination.address} ${destination.port}`, destination]),
  );
  for (const destination of destinations.values()) await namespace.listen(destination);
  return namespace;
}

/** Fills the group; how many connects the kernel gave before it had no port left. */
async function exhaust(
  namespace: Namespace,
  { source, destination }: Expected,
  expect: ExpectStatic,
): Promise<number> {
  if (destination.address === REMOTE_LIKE.address) {
    await namespace.setSource(destination.address, source);
  }
  const { connections, stop } = await namespace.connect({ destination });
  expect(stop).toEqual({ call: 'connect', code: 'EADDRNOTAVAIL', exhausted: true });
  return connections.length;
}

const nameOf = ({ source, destination: { address, port } }: Expected) =>
  `${source} → ${address}:${port}`;

function groupOf({ groups }: SnapshotDocument, expected: Expected): SnapshotGroup {
  const { source, destination } = expected;
  const found = groups.filter(
    (group) =>
      group.localAddress === source &&
      group.remoteAddress === destination.address &&
      group.remotePort === destination.port,
  );
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const known = groups.map((g) => `${g.localAddress} → ${g.remoteAddress}:${g.remotePort}`);
  throw new Error(`${found.length} groups ${nameOf(expected)} among [${known.join(', ')}]`);
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

/** What must hold of a group whatever the situation. */
function checkGroup(
  document: SnapshotDocument,
  expected: Expected,
  rows: readonly SsRow[],
  expect: ExpectStatic,
): void {
  const group = groupOf(document, expected);
  const about = `${document.sampling.source}, ${nameOf(expected)}:`;
  const counts = countStates(rowsOfGroup(rows, expected.source, expected.destination));
  expect(group.byState, `${about} byState is what ss counts`).toEqual(counts);
  expect(group.free, `${about} free = usable - used`).toBe(group.usable - group.used);
  expect(group.uncertain, `${about} nothing is uncertain`).toBeNull();
  expect(group.freeAtLeast, `${about} freeAtLeast`).toBe(group.free);
  const percent = (100 * group.free) / group.usable;
  expect(group.headroomPercent, `${about} headroomPercent`).toBeCloseTo(percent, 1);
  expect(group.drainSchedule, `${about} a minute of drainSchedule`).toHaveLength(60);
  const timeWaits = group.byState['TIME_WAIT'] ?? 0;
  expect(sum(group.drainSchedule), `${about} every TIME_WAIT drains`).toBe(timeWaits);
  if (expected.reusable === undefined) return;
  expect(group.reusable, `${about} reusable`).toBe(expected.reusable);
}

/** `actual` equals `wanted`, or differs by no more than the kernel itself does. */
function expectCount(
  actual: number,
  wanted: number,
  { tolerance = 0 }: Scenario,
  message: string,
  expect: ExpectStatic,
): void {
  const near = Math.abs(actual - wanted) <= tolerance;
  expect(near ? wanted : actual, message).toBe(wanted);
}

async function snapshots(namespace: Namespace, sources: readonly SourceName[]) {
  const documents: SnapshotDocument[] = [];
  for (const source of sources) documents.push(await namespace.sample(source));
  return documents;
}

describe.concurrent('free is what the kernel gives', () => {
  test.for(scenarios)('$name', { timeout: TIMEOUT_MS }, async (scenario, { expect, skip }) => {
    const { since = [0, 0], sources = SOURCES } = scenario;
    skip(!isSince(since), `needs Linux ${since.join('.')}`);
    await using namespace = await prepare(scenario);
    await scenario.arrange(namespace);
    const documents = await snapshots(namespace, sources);
    const rows = await namespace.ss();
    for (const expected of scenario.expected) {
      const given = await exhaust(namespace, expected, expect);
      // The scenario first, so that its own mistake is not taken for one of ephtop's.
      expectCount(given, expected.free, scenario, 'what the kernel gives here', expect);
      for (const document of documents) {
        const about = `free by ${document.sampling.source}, ${nameOf(expected)}`;
        expectCount(groupOf(document, expected).free, given, scenario, about, expect);
        checkGroup(document, expected, rows, expect);
      }
    }
    for (const { portSpace } of documents)
      expect(portSpace).toMatchObject(scenario.portSpace ?? {});
  });
});

describe.concurrent('the last minute, read from TIME_WAIT', () => {
  const expected: Expected = { source: REMOTE_LIKE.address, destination: REMOTE_LIKE, free: 0 };
  const sysctls = { 'net.ipv4.tcp_tw_reuse': '2' };

  async function closeSome(namespace: Namespace, count: number): Promise<void> {
    const { connections } = await namespace.connect({ destination: REMOTE_LIKE, count });
    const ids = connections.map(({ id }) => id);
    await namespace.close(ids, 'client-first');
  }

  test.for(SOURCES)('%s: closeRate', { timeout: TIMEOUT_MS }, async (source, { expect }) => {
    await using namespace = await prepare({ expected: [expected], sysctls });
    await closeSome(namespace, 43);
    const group = groupOf(await namespace.snapshot(source), expected);
    expect(group.closeRate).toBeCloseTo(4.3, 6);
  });

  test(
    'older closes leave closeRate, not drainSchedule',
    { timeout: TIMEOUT_MS },
    async (context) => {
      const { expect } = context;
      await using namespace = await prepare({ expected: [expected], sysctls });
      await closeSome(namespace, 20);
      await namespace.timeWaitsOlderThan(10_200);
      await closeSome(namespace, 12);
      for (const document of await snapshots(namespace, SOURCES)) {
        const { closeRate, drainSchedule } = groupOf(document, expected);
        expect(closeRate, document.sampling.source).toBeCloseTo(1.2, 6);
        expect(sum(drainSchedule.slice(0, 50)), document.sampling.source).toBe(20);
        expect(sum(drainSchedule.slice(50)), document.sampling.source).toBe(12);
      }
    },
  );

  test('a reset leaves no close behind', { timeout: TIMEOUT_MS }, async ({ expect }) => {
    await using namespace = await prepare({ expected: [expected], sysctls });
    const { connections } = await namespace.connect({ destination: REMOTE_LIKE, count: 11 });
    const ids = connections.slice(1).map(({ id }) => id);
    await namespace.close(ids, 'reset');
    for (const document of await snapshots(namespace, SOURCES)) {
      const { closeRate, drainSchedule } = groupOf(document, expected);
      expect({ closeRate, drained: sum(drainSchedule) }).toEqual({ closeRate: 0, drained: 0 });
    }
  });
});
