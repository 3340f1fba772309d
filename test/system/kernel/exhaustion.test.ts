/** Ports that run out: from the first refusal on, what the program says is what the kernel did. */
import { beforeEach, describe, expect, test } from 'vitest';
import { requireTracefs } from '../../helpers/tracefs-namespace.ts';
import type { ExhaustionPlan } from './exhaustion-plan.ts';
import { type Exhaustion, exhaust, type Look } from './exhaustion-run.ts';
import { isSince } from './kernel-version.ts';

beforeEach(requireTracefs);

/** How far a rate may be off, and by how many calls, as a few come while they are counted. */
const TOLERANCE = 0.15;
const CALLS = 2;
const TIME_WAIT_SECONDS = 60;

function expectRate(said: number | null, { truth }: Look, kind: 'refused' | 'wanted'): void {
  const { least, most } = truth[kind];
  const calls = CALLS / truth.seconds;
  const what = `${kind}, after ${truth.seconds} s`;
  expect(said, what).toBeGreaterThan(Math.min((1 - TOLERANCE) * least, least - calls));
  expect(said, what).toBeLessThan(Math.max((1 + TOLERANCE) * most, most + calls));
}

/** That no document and no table doubts it. */
function expectOutOfPorts({ looks, verdicts, run }: Exhaustion, plan: ExhaustionPlan): void {
  expect(looks.length).toBeGreaterThan(3);
  expect(verdicts.length).toBeGreaterThan(3);
  for (const { group } of looks) {
    expect(group).toMatchObject({
      remoteAddress: run.address,
      remotePort: 8080,
      severity: 'critical',
      etaSeconds: 0,
      outOfPorts: { now: true },
      freeAtLeast: 0,
    });
    expect(Date.parse(group.outOfPorts?.since ?? '')).toBeGreaterThanOrEqual(
      (run.made.at(-1) ?? 0) - 1000 * plan.looks,
    );
  }
  for (const verdict of verdicts) {
    expect(verdict).toContain('OUT OF PORTS');
    expect(verdict).not.toMatch(/does not get fuller|healthy|never|fills slowly/);
  }
}

/** As many destinations as it says are enough for what is wanted, while each keeps TIME_WAIT for a minute. */
function expectEnoughDestinations({ looks }: Exhaustion): void {
  for (const { destinations, group, truth } of looks)
    expect((destinations ?? NaN) * group.usable).toBeGreaterThanOrEqual(
      truth.wanted.least * TIME_WAIT_SECONDS,
    );
}

/** Calls per second until ports ran out; a machine that is busy elsewhere holds the client up. */
function perSecondBefore({ run, firstRefusedMs }: Exhaustion): number {
  const [firstMs = NaN] = run.made;
  const before = run.made.filter((atMs) => atMs < firstRefusedMs).length;
  return (1000 * before) / (firstRefusedMs - firstMs);
}

describe.concurrent('a client that wants more than there is', () => {
  test.for<ExhaustionPlan>([
    { ports: 120, perSecond: 40, looks: 26 },
    { ports: 200, perSecond: 100, looks: 24 },
    { ports: 36, perSecond: 12, looks: 24 },
    { ports: 40, perSecond: 10, looks: 20, args: ['--source', 'procfs'] },
  ])('$perSecond/s on $ports ports: refusals and demand are the client’s own', async (plan) => {
    const all = await exhaust(plan);
    expectOutOfPorts(all, plan);
    expectEnoughDestinations(all);
    for (const look of all.looks) {
      const { connectFailures, demandPerSecond, demandIsLowerBound } = look.group;
      expect(look.unseen).toBeNull();
      expectRate(connectFailures?.perSecond ?? null, look, 'refused');
      expectRate(demandPerSecond, look, 'wanted');
      expect(demandIsLowerBound).toBe(false);
    }
    const last = all.looks.at(-1)?.group.connectFailures;
    const { pid, command } = all.run;
    expect(last?.processes).toEqual([{ pid, command, refusals: last?.lastMinute }]);
  });

  test.for<ExhaustionPlan>([
    { ports: 120, perSecond: 40, looks: 26, asNobody: true },
    { ports: 60, perSecond: 20, looks: 16, asNobody: true },
  ])('$perSecond/s on $ports ports, seen by an ordinary user', async (plan) => {
    const all = await exhaust(plan);
    expectOutOfPorts(all, plan);
    expectEnoughDestinations(all);
    const perSecond = perSecondBefore(all);
    for (const { group, unseen } of all.looks) {
      expect(unseen).toContain('shown to root only');
      expect(group.connectFailures).toBeNull();
      expect(group.demandIsLowerBound).toBe(true);
      expect(group.demandPerSecond).toBeGreaterThanOrEqual(0.85 * perSecond);
      expect(group.demandPerSecond).toBeLessThanOrEqual(1.15 * perSecond);
    }
  });
});

describe.concurrent('a destination to which no connection comes about', () => {
  test.for<ExhaustionPlan>([
    { ports: 10, perSecond: 20, looks: 8, taken: 'reserved' },
    { ports: 10, perSecond: 20, looks: 8, taken: 'bound' },
  ])('has a group where all ports are $taken', async (plan) => {
    const all = await exhaust(plan);
    expectOutOfPorts(all, plan);
    expect(all.run.made).toEqual([]);
    for (const look of all.looks) {
      expect(look.group).toMatchObject({ free: 0, used: 0, uncertain: null });
      expectRate(look.group.connectFailures?.perSecond ?? null, look, 'refused');
    }
  });

  test('has one where nothing shows who has the ports, and says that it is not sure', async () => {
    // /proc/net/tcp has no sockets that only bound.
    const args = ['--source', 'procfs'];
    const plan = { ports: 10, perSecond: 20, looks: 8, taken: 'bound', args } as const;
    const all = await exhaust(plan);
    expectOutOfPorts(all, plan);
    for (const { group } of all.looks)
      expect(group).toMatchObject({
        free: 10,
        uncertain: expect.stringMatching(/^The kernel refuses connections although 10 ports/),
      });
  });
});

test('a slice of the range that is full contradicts the table', async ({ skip }) => {
  if (!isSince([6, 3])) skip('IP_LOCAL_PORT_RANGE is of Linux 6.3');
  const plan = { ports: 100, perSecond: 20, looks: 10, slicePorts: 10 };
  const all = await exhaust(plan);
  expect(all.run.made).toHaveLength(10);
  expectOutOfPorts(all, plan);
  for (const look of all.looks) {
    expect(look.group).toMatchObject({
      free: 90,
      uncertain: expect.stringContaining('The kernel refuses connections although 90 ports'),
    });
    expectRate(look.group.connectFailures?.perSecond ?? null, look, 'refused');
    // Closes are told by whole seconds, and all of them were in the first one.
    if (look.truth.seconds >= 3) expectRate(look.group.demandPerSecond, look, 'wanted');
  }
  for (const verdict of all.verdicts)
    expect(verdict).toContain('the kernel refuses although 90 look free');
});
