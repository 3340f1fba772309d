/**
 * What ephtop promises of a suggestion against what it brings: build a situation, run the suggestion's
 * commands as they stand, look again, and open connections until the kernel has no port left.
 */
import { beforeEach, describe, test } from 'vitest';
import { parseReservedPorts } from '../../../src/kernel/port-range.ts';
import { type Namespace, openNamespace, requireNamespace } from '../../helpers/namespace.ts';
import type {
  SnapshotAdvice,
  SnapshotDocument,
  SnapshotGroup,
} from '../../helpers/snapshot-document.ts';
import { type AdviceSituation, adviceSituations, FEW_LEFT } from './advice-situations.ts';
import { isSince } from './kernel-version.ts';
import { LOOPBACK, LOOPBACK6, OTHER, REMOTE_LIKE } from './scenario.ts';

beforeEach(requireNamespace);

const TIMEOUT_MS = 180_000;
const DESTINATIONS = [REMOTE_LIKE, LOOPBACK, OTHER, LOOPBACK6];
/** More connections than these would take too long to open: the snapshot is taken at its word. */
const MOST_CONNECTS = 3_000;
/**
 * A TIME_WAIT socket that was opened without timestamps is never taken over, and nothing shows which ones
 * those are: turning timestamps on is a promise about connections opened from then on, and is judged by them.
 */
const FOR_LATER_CONNECTIONS = /tcp_timestamps=1/;
/** Characters of a command that a message needs. */
const LONGEST_TOLD = 120;
/** Settings of a network namespace; no test may write those of the machine. */
const NAMESPACE_SYSCTL =
  /^(?:sysctl -w net\.ipv4\.[a-z_]+=|echo [\d,-]+ \| dd of=\/proc\/sys\/net\/ipv4\/[a-z_]+ )/;
const RESERVED = 'net.ipv4.ip_local_reserved_ports';

/** Everything of a situation that comes before its connections. */
async function prepare(
  namespace: Namespace,
  { range, sysctls }: Pick<AdviceSituation, 'range' | 'sysctls'>,
): Promise<void> {
  const settings = {
    'net.ipv4.ip_local_port_range': range ?? '40000 40099',
    'net.ipv4.ip_local_reserved_ports': FEW_LEFT,
    ...sysctls,
  };
  for (const [name, value] of Object.entries(settings)) await namespace.setSysctl(name, value);
  await namespace.addAddress(REMOTE_LIKE.address);
  for (const endpoint of DESTINATIONS) await namespace.listen(endpoint);
}

async function build(namespace: Namespace, situation: AdviceSituation): Promise<SnapshotDocument> {
  await prepare(namespace, situation);
  await situation.arrange(namespace);
  return namespace.sample('netlink');
}

/** The suggestions whose commands write sysctls of a network namespace, and nothing else. */
function runnable({ advice }: SnapshotDocument): SnapshotAdvice[] {
  return advice.filter(
    ({ commands }) =>
      commands.length > 0 && commands.every((command) => NAMESPACE_SYSCTL.test(command)),
  );
}

/** Runs the commands the way root would; sysctl may be in sbin, where not everybody's shell looks. */
async function runCommands(namespace: Namespace, commands: readonly string[]): Promise<void> {
  const path = `PATH=${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
  for (const command of commands) {
    const { status, stderr } = await namespace.run('env', [path, 'sh', '-c', command]);
    if (status !== 0) throw new Error(`${command}: exit ${status}: ${stderr.trim()}`);
  }
}

function labelOf({ localAddress, remoteAddress, remotePort }: SnapshotGroup): string {
  const address = remoteAddress.includes(':') ? `[${remoteAddress}]` : remoteAddress;
  return `${localAddress} → ${address}:${remotePort}`;
}

function groupNamed({ groups }: SnapshotDocument, label: string): SnapshotGroup {
  const group = groups.find((each) => labelOf(each) === label);
  if (group !== undefined) return group;
  throw new Error(`no group ${label} among [${groups.map(labelOf).join(', ')}]`);
}

const percent = (count: number, of: number) => (100 * count) / of;
/** Percentages are given to the second decimal. */
const ROUNDING_PERCENT = 0.01 + 1e-9;

/** Whether the headroom is another one than promised. What promises none may bring some, and take none away. */
function breaks({ headroomBefore, headroomAfter }: SnapshotAdvice['effect'], actual: number) {
  const more = actual - headroomAfter;
  const promisesNone = headroomAfter === headroomBefore;
  return promisesNone ? more < -ROUNDING_PERCENT : Math.abs(more) > ROUNDING_PERCENT;
}

/**
 * Opens connections until the kernel has no port left for the group; their number, or undefined where they
 * would be too many, or nothing listens.
 */
async function fill(
  namespace: Namespace,
  { remoteAddress, remotePort, free }: SnapshotGroup,
): Promise<number | undefined> {
  const destination = DESTINATIONS.find(
    ({ address, port }) => address === remoteAddress && port === remotePort,
  );
  if (destination === undefined || free > MOST_CONNECTS) return undefined;
  const { connections, stop } = await namespace.connect({ destination });
  if (stop?.exhausted !== true) throw new Error(`not out of ports: ${JSON.stringify(stop)}`);
  return connections.length;
}

/** Carries the suggestion out: after its commands the situation is what it promises something of. */
async function carryOut(
  namespace: Namespace,
  situation: AdviceSituation,
  { commands }: SnapshotAdvice,
): Promise<SnapshotDocument> {
  const forLater = commands.some((command) => FOR_LATER_CONNECTIONS.test(command));
  if (forLater) {
    await namespace.renew();
    await prepare(namespace, situation);
  }
  await runCommands(namespace, commands);
  if (forLater) await situation.arrange(namespace);
  return namespace.sample('netlink');
}

async function reservedPorts(namespace: Namespace): Promise<Set<number>> {
  const ranges = parseReservedPorts((await namespace.readSysctl(RESERVED)) ?? '', RESERVED);
  return new Set(
    ranges.flatMap(({ low, high }) =>
      Array.from({ length: high - low + 1 }, (_, nth) => low + nth),
    ),
  );
}

/** Follows a suggestion; what came of it that it did not promise, in words. */
async function follow(
  namespace: Namespace,
  situation: AdviceSituation,
  suggestion: SnapshotAdvice,
): Promise<string[]> {
  const { id, commands, effect } = suggestion;
  const before = await reservedPorts(namespace);
  const document = await carryOut(namespace, situation, suggestion);
  const after = await reservedPorts(namespace);
  const group = groupNamed(document, effect.group);
  const { headroomPercent, free, usable } = group;
  const done = commands.map((command) => command.slice(0, LONGEST_TOLD)).join('; ');
  const promised = `${id} promised ${effect.headroomAfter} % (${done}), but`;
  const differences: string[] = [];
  const lost = [...before].filter((port) => !after.has(port));
  // That one gives reserved ports back, and says so.
  if (lost.length > 0 && id !== 'reserved-ports')
    differences.push(`${id} took ${lost.slice(0, 10).join()} … off the reserved ports`);
  if (breaks(effect, headroomPercent))
    differences.push(
      `${promised} the snapshot then says ${headroomPercent} %, ${free} of ${usable}`,
    );
  const given = await fill(namespace, group);
  if (given !== undefined && breaks(effect, percent(given, usable)))
    differences.push(`${promised} the kernel then gives ${given} of ${usable} ports`);
  return differences;
}

/** Builds the situation in a fresh namespace for each of its suggestions in turn. */
async function forEachSuggestion(
  situation: AdviceSituation,
  handle: (namespace: Namespace, suggestion: SnapshotAdvice) => Promise<string[]>,
): Promise<{ suggested: string[]; differences: string[] }> {
  await using namespace = await openNamespace();
  let document = await build(namespace, situation);
  const suggested = runnable(document).map(({ id }) => id);
  const differences: string[] = [];
  for (const [index, id] of suggested.entries()) {
    if (index > 0) {
      await namespace.renew();
      document = await build(namespace, situation);
    }
    const suggestion = document.advice.find((each) => each.id === id);
    if (suggestion === undefined) throw new Error(`${id} was suggested once and not again`);
    differences.push(...(await handle(namespace, suggestion)));
  }
  return { suggested, differences };
}

describe.concurrent('advice brings what it promises', () => {
  test.for(adviceSituations)(
    '$name',
    { timeout: TIMEOUT_MS },
    async (situation, { expect, skip }) => {
      const { since = [0, 0], advised } = situation;
      skip(!isSince(since), `needs Linux ${since.join('.')}`);
      const { suggested, differences } = await forEachSuggestion(
        situation,
        (namespace, suggestion) => follow(namespace, situation, suggestion),
      );
      expect(suggested).toEqual(expect.arrayContaining([...advised]));
      expect(differences).toEqual([]);
    },
  );
});

describe.concurrent('and the snapshot after it is right for every other group', () => {
  const several = adviceSituations.filter(({ hasSeveralGroups }) => hasSeveralGroups === true);

  test.for(several)('$name', { timeout: TIMEOUT_MS }, async (situation, { expect }) => {
    const { differences } = await forEachSuggestion(situation, async (namespace, suggestion) => {
      const { groups } = await carryOut(namespace, situation, suggestion);
      const wrong: string[] = [];
      for (const group of groups) {
        const given = await fill(namespace, group);
        if (given === undefined || given === group.free) continue;
        const after = `${labelOf(group)} after ${suggestion.id}`;
        wrong.push(`${after}: ${group.free} free, but the kernel gives ${given}`);
      }
      return wrong;
    });
    expect(differences).toEqual([]);
  });
});
