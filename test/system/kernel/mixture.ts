/** A random situation: plain data, drawn from a seed, built in a namespace by mixture-run.ts. */
import fc from 'fast-check';
import type { CloseOrder, Endpoint } from '../../helpers/namespace-protocol.ts';
import { drawnSpecial, roomOfHalf, type Special, withSpecial } from './mixture-special.ts';

/**
 * How a connection gets its source: by the route, by bind() with `IP_BIND_ADDRESS_NO_PORT`, or, from
 * an IPv6 socket to the IPv4-mapped address, by the route.
 */
export type Way = 'route' | 'no-port' | 'mapped';

/** A source and a destination: a tuple group. */
export type Pair = { source: string; destination: Endpoint };

/** Some connections of one group, opened together, and what becomes of them. */
export type Batch = {
  /** Index of the group. */
  group: number;
  count: number;
  way: Way;
  end: 'live' | CloseOrder;
  /** Old: its TIME_WAIT sockets are beyond the reuse delay at the time of the snapshot. */
  old: boolean;
};

/** A listener inside the range; a late one comes after the connections. Where it collides it is left out. */
export type ExtraListener = Endpoint & { late: boolean };

/** Everything that a mixture is. */
export type Mixture = {
  low: number;
  high: number;
  /** As `ip_local_reserved_ports` takes it. */
  reserved: { ports: string; late: boolean };
  listeners: ExtraListener[];
  udp: Endpoint[];
  twReuse: number;
  timestamps: number;
  /** `tcp_tw_reuse_delay`. */
  reuseDelayMs: number;
  pairs: Pair[];
  batches: Batch[];
  /** Connections to one group by bind((ip, 0)) and connect(), opened before or after the batches. */
  bound: { group: number; count: number; last: boolean; end: 'live' | 'client-first' } | null;
  /** Ports that are not connect()'s own choice. */
  special: Special | null;
  /** Groups to be filled, in this order. */
  fill: { group: number; way: Way }[];
  /** Ask the command as well, and not only the code behind it. */
  command: boolean;
};

/** What may go into a mixture. */
export type Ingredients = {
  /** An odd-sized range: the kernel misses its last port now and then. */
  oddSize: boolean;
  bindBeforeConnect: boolean;
  /** Bound ports of any share, ports by number, own ranges, and others (see mixture-special.ts). */
  special: boolean;
};

/** Nothing becomes reusable while a test runs. */
const NEVER_MS = 60_000;
const PER_MILLE = 1000;

const perMille = fc.nat(PER_MILLE - 1);
const rarely = (weight: number) => fc.nat(weight - 1).map((drawn) => drawn === weight - 1);

const ranges = (odd: boolean) =>
  fc
    .record({
      low: fc.integer({ min: 21_000, max: 64_000 }),
      half: fc.integer({ min: 20, max: 100 }),
    })
    .map(({ low, half }) => ({ low, high: low + 2 * half - (odd ? 0 : 1) }));

/** In the order of their simplicity, as a failing mixture shrinks towards the first. */
const IPV4_SOURCES = ['127.0.0.1', '10.9.9.1', '10.9.9.2', '127.0.0.3'];
const IPV6_SOURCES = ['fd00:9::1', 'fd00:9::2'];
const DESTINATIONS = ['127.0.0.1', '10.9.9.1', '127.0.0.2', '10.9.9.3', '::1', 'fd00:9::1'];
const LISTENERS = ['0.0.0.0', '127.0.0.9', '10.9.9.2', '::', '::1', '127.0.0.1', 'fd00:9::1'];

const drawnDestination = fc.record({
  address: fc.constantFrom(...DESTINATIONS),
  port: fc.oneof(
    { arbitrary: fc.integer({ min: 8080, max: 8082 }), weight: 3 },
    { arbitrary: perMille, weight: 1 },
  ),
});

const drawn = (range: fc.Arbitrary<{ low: number; high: number }>) =>
  fc.record({
    range,
    reserved: fc.record({
      spans: fc.array(fc.record({ from: fc.integer({ min: -200, max: 1200 }), more: fc.nat(12) }), {
        maxLength: 4,
      }),
      late: rarely(4),
    }),
    listeners: fc.array(
      fc.record({ address: fc.constantFrom(...LISTENERS), at: perMille, late: rarely(4) }),
      { maxLength: 4 },
    ),
    udp: fc.array(fc.record({ address: fc.constantFrom('127.0.0.1', '::1'), at: perMille }), {
      maxLength: 2,
    }),
    twReuse: fc.constantFrom(2, 1, 0),
    timestamps: fc.constantFrom(1, 1, 1, 0),
    ages: fc.constantFrom('young' as const, 'old' as const, 'both' as const),
    delay: perMille,
    sources: fc.array(fc.nat(IPV4_SOURCES.length - 1), { minLength: 1, maxLength: 3 }),
    destinations: fc.array(drawnDestination, { minLength: 1, maxLength: 4 }),
    batches: fc.array(
      fc.record({
        pair: perMille,
        share: fc.oneof(
          { arbitrary: fc.nat(250), weight: 4 },
          { arbitrary: fc.nat(1100), weight: 1 },
        ),
        way: fc.constantFrom<Way>('route', 'no-port', 'mapped'),
        end: fc.constantFrom<Batch['end']>(
          'live',
          'client-first',
          'client-first',
          'client-only',
          'server-only',
          'server-first',
          'reset',
        ),
        old: fc.boolean(),
      }),
      { minLength: 1, maxLength: 10 },
    ),
    bound: fc.option(
      fc.record({
        pair: perMille,
        share: perMille,
        last: fc.boolean(),
        end: fc.constantFrom('live' as const, 'live' as const, 'client-first' as const),
      }),
    ),
    fill: fc.array(
      fc.record({ pair: perMille, way: fc.constantFrom<Way>('route', 'no-port', 'mapped') }),
      { minLength: 1, maxLength: 4 },
    ),
    command: rarely(25),
    special: drawnSpecial,
  });

type Drawn = ReturnType<typeof drawn> extends fc.Arbitrary<infer Value> ? Value : never;

/** Draws mixtures, and makes failing ones simpler. */
export function mixtures({
  oddSize,
  bindBeforeConnect,
  special,
}: Ingredients): fc.Arbitrary<Mixture> {
  return drawn(ranges(oddSize)).map((values) => {
    const withBind = bindBeforeConnect && !oddSize && !special;
    const mixture = toMixture(withBind ? values : { ...values, bound: null });
    return special ? withSpecial(mixture, values.special) : mixture;
  });
}

function toMixture(values: Drawn): Mixture {
  const { low, high } = values.range;
  const size = high - low + 1;
  const portAt = (share: number) => low + Math.floor((size * share) / PER_MILLE);
  const pairs = pairsOf(values, portAt);
  const groupAt = (share: number) => Math.floor((pairs.length * share) / PER_MILLE);
  const mixture: Mixture = {
    low,
    high,
    reserved: {
      ports: values.reserved.spans
        .map(({ from, more }) => ({ first: portAt(from), last: portAt(from) + more }))
        .map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`))
        .join(','),
      late: values.reserved.late,
    },
    listeners: values.listeners.map(({ address, at, late }) => ({
      address,
      port: portAt(at),
      late,
    })),
    udp: values.udp.map(({ address, at }) => ({ address, port: portAt(at) })),
    twReuse: values.twReuse,
    timestamps: values.timestamps,
    reuseDelayMs: reuseDelayMs(values),
    pairs,
    batches: values.batches.map(({ pair, share, way, end, old }) => {
      const group = groupAt(pair);
      const isOld = values.ages === 'old' || (values.ages === 'both' && old);
      return { group, count: Math.floor((size * share) / PER_MILLE), way, end, old: isOld };
    }),
    bound: null,
    special: null,
    fill: values.fill.map(({ pair, way }) => ({ group: groupAt(pair), way })),
    // Its process takes longer than the young may take to stay young.
    command: values.command && values.ages !== 'both',
  };
  const plain = withoutLoneSurvivors(mixture);
  if (values.bound === null) return plain;
  const { pair, share, last, end } = values.bound;
  return withBound(plain, { group: groupAt(pair), last, end }, share / PER_MILLE);
}

/**
 * In a group that may need the half of the range that connect() takes last, nothing goes without a trace:
 * what is left in that half would then look as if bind() had taken it, as docs/design.md says.
 */
function withoutLoneSurvivors(mixture: Mixture): Mixture {
  const room = roomOfHalf(mixture);
  const totals = mixture.pairs.map((_, group) =>
    mixture.batches.reduce((sum, batch) => sum + (batch.group === group ? batch.count : 0), 0),
  );
  const vanishes = ({ end }: Batch) => end === 'reset' || end === 'server-first';
  const batches = mixture.batches.map((batch): Batch =>
    vanishes(batch) && (totals[batch.group] ?? 0) >= room
      ? { ...batch, end: 'client-first' }
      : batch,
  );
  return { ...mixture, batches };
}

function reuseDelayMs({ ages, delay }: Drawn): number {
  if (ages === 'young') return NEVER_MS;
  // With both ages the young ones have this long until they, too, are old.
  return ages === 'old' ? 50 + Math.floor(delay / 4) : 300 + Math.floor(delay / 4);
}

/** Every destination from every source of its family, at most once. */
function pairsOf({ sources, destinations }: Drawn, portAt: (share: number) => number): Pair[] {
  const pairs = destinations.flatMap(({ address, port }) => {
    const destination = { address, port: port < PER_MILLE ? portAt(port) : port };
    return sources.map((index) => ({ source: sourceFor(address, index), destination }));
  });
  const byName = new Map(pairs.map((pair) => [JSON.stringify(pair), pair]));
  return [...byName.values()];
}

function sourceFor(destination: string, index: number): string {
  const own = destination.includes(':') ? IPV6_SOURCES : IPV4_SOURCES;
  return destination === '::1' ? '::1' : (own[index % own.length] ?? destination);
}

/**
 * Adds bound connections, so few that bind() finds them in the half that connect() takes last, and
 * beside so few others that connect() has no reason yet to go there: that is what betrays them. Where it
 * does not beyond doubt, no group is so full that the doubt alone would make it look exhausted.
 */
function withBound(
  mixture: Mixture,
  bound: Omit<NonNullable<Mixture['bound']>, 'count'>,
  share: number,
): Mixture {
  const room = roomOfHalf(mixture);
  const count = Math.floor(0.8 * room * share);
  if (count < 1) return mixture;
  const perBatch = Math.floor((0.5 * room) / mixture.batches.length);
  const limit = (batch: Batch) => ({ ...batch, count: Math.min(batch.count, perBatch) });
  const beside = perBatch * mixture.batches.filter(({ group }) => group === bound.group).length;
  const isCertain = count - beside > 3 * Math.sqrt(count + beside);
  const batches = mixture.batches.map((batch) =>
    bound.last || !isCertain || batch.group === bound.group ? limit(batch) : batch,
  );
  return { ...mixture, batches, bound: { ...bound, count } };
}
