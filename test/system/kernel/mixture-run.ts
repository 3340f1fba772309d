/** Builds a mixture in a namespace, and compares `free` with what the kernel then gives. */
import type { ConnectOptions, SourceName } from '../../helpers/namespace-protocol.ts';
import type { Namespace } from '../../helpers/namespace.ts';
import type { SnapshotDocument } from '../../helpers/snapshot-document.ts';
import type { Batch, ExtraListener, Mixture, Pair, Way } from './mixture.ts';
import { openSpecial } from './mixture-special-run.ts';
import { pairText } from './mixture-text.ts';
import { REUSE_DELAY } from './scenario.ts';

/** How far from the reuse delay a TIME_WAIT must be to be certainly old or certainly young. */
const MARGIN_MS = 60;
/** Old everywhere, where the delay is a constant second, counted in whole seconds. */
const OLD_WITHOUT_DELAY_MS = 2_100;
/** Each attempt gives the young ones twice the time to stay young. */
const ATTEMPTS = 5;

/** What a kernel must be asked by, and how exactly it answers. */
export type Comparison = {
  sources: readonly SourceName[];
  /** How many of the free ports the kernel itself may miss. */
  missed: number;
  /** Counts mixtures, and those in which each number was right and not only within its bounds. */
  tally: { mixtures: number; exact: number };
};

type Site = { namespace: Namespace; mixture: Mixture; routes: Map<string, string> };
/** The ports that a group was given, ascending. */
type Filled = { pair: Pair; given: number[] };
type Reading = { by: string; document: SnapshotDocument };

/**
 * Runs a mixture in a namespace that it makes anew. Throws an error that says which numbers differ, or
 * that the mixture could not be built.
 */
export async function runMixture(
  namespace: Namespace,
  mixture: Mixture,
  comparison: Comparison,
): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const reuseDelayMs = Math.min(60_000, mixture.reuseDelayMs * 2 ** attempt);
    const outcome = await attemptMixture(namespace, { ...mixture, reuseDelayMs }, comparison);
    if (outcome === 'too slow') continue;
    if (outcome.length > 0) throw new Error(outcome.join('\n'));
    return;
  }
  throw new Error(`too slow: the young TIME_WAIT grew old in ${ATTEMPTS} attempts`);
}

async function attemptMixture(
  namespace: Namespace,
  mixture: Mixture,
  { sources, missed, tally }: Comparison,
): Promise<'too slow' | string[]> {
  await namespace.renew();
  const site: Site = { namespace, mixture, routes: new Map() };
  await prepare(site);
  await openSpecial(namespace, mixture, 'first');
  if (mixture.bound?.last === false) await openBound(site, mixture.bound);
  await openBatches(site, true);
  const youngSince = performance.now();
  await openBatches(site, false);
  if (mixture.bound?.last === true) await openBound(site, mixture.bound);
  await openSpecial(namespace, mixture, 'last');
  await listenWherePossible(site, true);
  if (mixture.reserved.late) await reserve(site);

  const readings = await takeReadings(site, sources);
  const filled = await fillGroups(site);
  const young = mixture.batches.some(({ old }) => !old);
  const tooLate = performance.now() - youngSince > mixture.reuseDelayMs - MARGIN_MS;
  if (young && tooLate) return 'too slow';
  const compared = filled.flatMap(({ pair, given }) =>
    readings.map((reading) => ({ reading, pair, given })),
  );
  tally.mixtures++;
  if (compared.every(({ reading, pair, given }) => isExact(reading, pair, given.length)))
    tally.exact++;
  return compared.flatMap(({ reading, pair, given }) => differences(reading, pair, given, missed));
}

async function prepare(site: Site): Promise<void> {
  const { namespace, mixture } = site;
  await namespace.setSysctl('net.ipv4.ip_local_port_range', `${mixture.low} ${mixture.high}`);
  await namespace.setSysctl('net.ipv4.tcp_tw_reuse', String(mixture.twReuse));
  await namespace.setSysctl('net.ipv4.tcp_timestamps', String(mixture.timestamps));
  if ((await namespace.readSysctl(REUSE_DELAY)) !== null)
    await namespace.setSysctl(REUSE_DELAY, String(mixture.reuseDelayMs));
  if (!mixture.reserved.late) await reserve(site);
  await addAddresses(site);
  const destinations = mixture.pairs.map(({ destination }) => destination);
  const distinct = new Map(destinations.map((one) => [JSON.stringify(one), one]));
  for (const destination of distinct.values()) await namespace.listen(destination);
  await listenWherePossible(site, false);
  for (const endpoint of mixture.udp) await bindUdp(namespace, endpoint);
}

const reserve = ({ namespace, mixture }: Site) =>
  namespace.setSysctl('net.ipv4.ip_local_reserved_ports', mixture.reserved.ports);

async function addAddresses({ namespace, mixture }: Site): Promise<void> {
  const wanted = [
    ...mixture.pairs.flatMap(({ source, destination }) => [source, destination.address]),
    ...mixture.listeners.map(({ address }) => address),
  ].filter((address) => address.startsWith('10.') || address.startsWith('fd00:'));
  for (const address of new Set(wanted)) await namespace.addAddress(address);
}

/** Ports that are taken already are no news to the mixture. */
async function listenWherePossible({ namespace, mixture }: Site, late: boolean): Promise<void> {
  const chosen = mixture.listeners.filter((listener: ExtraListener) => listener.late === late);
  for (const { address, port } of chosen) await unlessInUse(namespace.listen({ address, port }));
}

const bindUdp = (namespace: Namespace, endpoint: Mixture['udp'][number]) =>
  unlessInUse(namespace.bind(endpoint, 'udp'));

async function unlessInUse(bound: Promise<unknown>): Promise<void> {
  try {
    await bound;
  } catch (error) {
    if (!(error instanceof Error && error.message.endsWith('bind: EADDRINUSE'))) throw error;
  }
}

/** Opens and closes the old or the young batches; returns when the old are old. */
async function openBatches(site: Site, old: boolean): Promise<void> {
  const { namespace, mixture } = site;
  const batches = mixture.batches.filter((batch) => batch.old === old);
  for (const batch of batches) await openBatch(site, batch);
  if (!old || batches.length === 0) return;
  const settable = (await namespace.readSysctl(REUSE_DELAY)) !== null;
  const ageMs = settable ? mixture.reuseDelayMs + MARGIN_MS : OLD_WITHOUT_DELAY_MS;
  await namespace.timeWaitsOlderThan(ageMs);
}

async function openBatch(site: Site, { group, count, way, end }: Batch): Promise<void> {
  const options = await connectOptions(site, group, way);
  const { connections } = await site.namespace.connect({ ...options, count });
  if (end === 'live') return;
  await site.namespace.close(
    connections.map(({ id }) => id),
    end,
  );
}

async function openBound(site: Site, bound: NonNullable<Mixture['bound']>): Promise<void> {
  const { source, destination } = pairAt(site.mixture, bound.group);
  const bindTo = { address: source, port: 0 };
  const options = { destination, count: bound.count, bindTo };
  const { connections } = await site.namespace.connect(options);
  const { low } = site.mixture;
  if (connections.some(({ localPort }) => (localPort - low) % 2 === 0))
    throw new Error('mistake in the test: bind() took a port that connect() takes first');
  if (bound.end === 'live') return;
  await site.namespace.close(
    connections.map(({ id }) => id),
    bound.end,
  );
}

/** How to connect within a group; changes the route where that is how the source is chosen. */
async function connectOptions(site: Site, group: number, way: Way): Promise<ConnectOptions> {
  const { source, destination } = pairAt(site.mixture, group);
  const isIpv6 = destination.address.includes(':');
  if (way === 'no-port' || isIpv6)
    return { destination, bindTo: { address: source, port: 0 }, bindAddressNoPort: true };
  if (site.routes.get(destination.address) !== source)
    await site.namespace.setSource(destination.address, source);
  site.routes.set(destination.address, source);
  if (way === 'route') return { destination };
  return { destination: { ...destination, address: `::ffff:${destination.address}` } };
}

function pairAt({ pairs }: Mixture, group: number): Pair {
  const pair = pairs[group];
  if (pair === undefined) throw new Error(`no group ${group}`);
  return pair;
}

async function takeReadings(
  { namespace, mixture }: Site,
  sources: readonly SourceName[],
): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (const source of sources) {
    readings.push({ by: source, document: await namespace.sample(source) });
    if (!mixture.command) continue;
    readings.push({
      by: `snapshot --source ${source}`,
      document: await namespace.snapshot(source),
    });
  }
  return readings;
}

/** Fills each group once; the ports that the kernel gave before it had none left. */
async function fillGroups(site: Site): Promise<Filled[]> {
  const filled = new Map<number, Filled>();
  for (const { group, way } of site.mixture.fill) {
    if (filled.has(group)) continue;
    const options = await connectOptions(site, group, way);
    const { connections, stop } = await site.namespace.connect(options);
    if (stop?.exhausted !== true)
      throw new Error(`no exhaustion after ${connections.length}: ${JSON.stringify(stop)}`);
    const given = connections.map(({ localPort }) => localPort).toSorted((a, b) => a - b);
    filled.set(group, { pair: pairAt(site.mixture, group), given });
  }
  return [...filled.values()];
}

/** What a document says of a group; one without a connection has everything. */
function saidOf({ document }: Reading, { source, destination }: Pair) {
  const group = document.groups.find(
    ({ localAddress, remoteAddress, remotePort }) =>
      localAddress === source &&
      remoteAddress === destination.address &&
      remotePort === destination.port,
  );
  const free = group?.free ?? document.portSpace.usable;
  return { group, free, atLeast: group?.freeAtLeast ?? document.portSpace.usableAtLeast };
}

function isExact(reading: Reading, pair: Pair, given: number): boolean {
  return saidOf(reading, pair).free === given;
}

function differences(
  reading: Reading,
  pair: Pair,
  ports: readonly number[],
  missed: number,
): string[] {
  const { by, document } = reading;
  const given = ports.length;
  const { group, free, atLeast } = saidOf(reading, pair);
  const drawn = group?.freePorts;
  const notDrawn = drawn === undefined ? [] : ports.filter((port) => !drawn.includes(port));
  const isToldExact = group !== undefined && group.uncertain === null && atLeast !== free;
  if (given <= free && given >= atLeast - missed && notDrawn.length === 0 && !isToldExact)
    return [];
  const detail = JSON.stringify({
    usable: group?.usable,
    byState: group?.byState,
    reusable: group?.reusable,
    uncertain: group?.uncertain,
    bindBeforeConnect: group?.bindBeforeConnect,
    portSpace: document.portSpace,
    givenAndNotFreeOnTheMap: notDrawn,
    groups: document.groups.map((each) => [
      `${each.localAddress}>${each.remoteAddress}:${each.remotePort}`,
      each.used,
      each.reusable,
      each.bindBeforeConnect.ports,
      each.free,
      each.freeAtLeast,
    ]),
  });
  return [
    `${pairText(pair)}: the kernel gave ${given}, ephtop by ${by} said ${atLeast} to ${free}; ${detail}`,
  ];
}
