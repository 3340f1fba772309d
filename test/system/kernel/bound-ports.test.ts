/**
 * Bound ports against the kernel: `free` is what connect() then gives, or `freeAtLeast` … `free` hold it and a
 * sentence says why.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import { type Namespace, openNamespace, requireNamespace } from '../../helpers/namespace.ts';
import type { SnapshotDocument } from '../../helpers/snapshot-document.ts';
import { boundScenarios, type BoundExpectation, type BoundScenario } from './bound-scenarios.ts';
import { ids, REUSE_DELAY } from './scenario.ts';

beforeEach(requireNamespace);

const TIMEOUT_MS = 60_000;
const BEFORE = { address: '10.9.9.1', port: 7070 };

async function prepare(scenario: BoundScenario): Promise<Namespace> {
  const namespace = await openNamespace();
  await namespace.setSysctl('net.ipv4.ip_local_port_range', scenario.range);
  for (const [name, value] of Object.entries(scenario.sysctls ?? {}))
    if (name !== REUSE_DELAY || (await namespace.readSysctl(name)) !== null)
      await namespace.setSysctl(name, value);
  await namespace.addAddress('10.9.9.1');
  const wanted = [
    ...(scenario.destinations ?? []),
    ...scenario.expected.map(({ destination }) => destination),
    { address: '10.9.9.1', port: 9090 },
    BEFORE,
  ];
  const distinct = new Map(wanted.map((endpoint) => [JSON.stringify(endpoint), endpoint]));
  for (const endpoint of distinct.values()) await namespace.listen(endpoint);
  for (let left = scenario.before ?? 0; left > 0; left -= 500) {
    const { connections } = await namespace.connect({ destination: BEFORE, count: 500 });
    await namespace.close(ids(connections), 'reset');
  }
  return namespace;
}

const groupOf = ({ groups }: SnapshotDocument, { source, destination }: BoundExpectation) =>
  groups.find(
    (group) =>
      group.localAddress === source &&
      group.remoteAddress === destination.address &&
      group.remotePort === destination.port,
  );

async function given(
  namespace: Namespace,
  { source, destination }: BoundExpectation,
): Promise<number> {
  const bindTo = { address: source, port: 0 };
  const options = { destination, bindTo, bindAddressNoPort: true };
  const { connections } = await namespace.connect(options);
  return connections.length;
}

describe.concurrent('free, where ports are bound or look like it', () => {
  test.for(boundScenarios)('$name', { timeout: TIMEOUT_MS }, async (scenario) => {
    await using namespace = await prepare(scenario);
    await scenario.arrange(namespace);
    const documents: SnapshotDocument[] = [];
    for (const source of scenario.sources ?? (['netlink', 'procfs'] as const))
      documents.push(await namespace.sample(source));
    for (const expected of scenario.expected) {
      const truth = await given(namespace, expected);
      if (expected.free >= 0) expect(truth, 'what the kernel gives here').toBe(expected.free);
      for (const document of documents) {
        const group = groupOf(document, expected);
        const { free = -1, freeAtLeast = -1, uncertain } = group ?? {};
        const about = `${document.sampling.source}: ${freeAtLeast} to ${free}, in truth ${truth}: ${uncertain}`;
        expect(free, about).toBeGreaterThanOrEqual(truth);
        expect(freeAtLeast, about).toBeLessThanOrEqual(truth);
        expect(uncertain === null, about).toBe(free === freeAtLeast);
        if (expected.exact) expect([free, uncertain], about).toEqual([truth, null]);
      }
    }
    for (const document of documents) {
      const [first] = scenario.expected;
      if (scenario.group !== undefined && first !== undefined)
        expect(groupOf(document, first)).toMatchObject(scenario.group);
      if (scenario.groups !== undefined) expect(document.groups).toHaveLength(scenario.groups);
      if (scenario.held !== undefined) expect(document.portSpace.held).toBe(scenario.held);
      const advised = document.advice.map(({ id }) => id);
      if (scenario.hasReusable !== true) expect(advised).not.toContain('enable-tw-reuse');
    }
  });
});
