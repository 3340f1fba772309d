/** What a mixture may hold of ports that are not connect()'s own choice: drawn here, made by mixture-special-run.ts. */
import fc from 'fast-check';

/** Connections to one group by bind((ip, 0)) and connect(). */
export type BoundPart = { group: number; count: number; end: 'live' | 'client-first' };

export type Special =
  /** As many as there are ports, over several destinations and sources. */
  | { kind: 'bind0'; parts: BoundPart[]; last: boolean }
  /** Ports next to each other, bound by number. */
  | { kind: 'by-number'; group: number; ports: number[]; end: 'live' | 'client-first' }
  /** The same ports of the second parity to two destinations, by number with SO_REUSEADDR. */
  | { kind: 'shared'; groups: number[]; ports: number[] }
  /** IP_LOCAL_PORT_RANGE. */
  | { kind: 'own-range'; group: number; low: number; high: number; count: number };

/** What this needs to know of a mixture. */
type Plain = {
  low: number;
  high: number;
  reserved: { ports: string };
  listeners: readonly unknown[];
  pairs: readonly { source: string }[];
  batches: { count: number }[];
  timestamps: number;
  command: boolean;
  special: Special | null;
};

const PER_MILLE = 1000;
const perMille = fc.nat(PER_MILLE - 1);

/** What is drawn of a special mixture, before the rest of it is known. */
export const drawnSpecial = fc.record({
  kind: fc.constantFrom(
    'bind0' as const,
    'bind0' as const,
    'by-number' as const,
    'shared' as const,
    'own-range' as const,
  ),
  parts: fc.array(
    fc.record({
      pair: perMille,
      share: perMille,
      end: fc.constantFrom('live' as const, 'live' as const, 'client-first' as const),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  pair: perMille,
  from: perMille,
  share: perMille,
  last: fc.boolean(),
});

type DrawnSpecial = typeof drawnSpecial extends fc.Arbitrary<infer Value> ? Value : never;

/** So much of the first half stays free in a group that is special: what it then has of the second tells. */
const MOST_OF_FIRST = 0.6;

/** Adds it to a mixture, whose other connections become fewer where they would hide it. */
export function withSpecial<Some extends Plain>(mixture: Some, drawn: DrawnSpecial): Some {
  const special = specialOf(mixture, drawn);
  if (special === null) return mixture;
  // As many as leave each group's first half well below full.
  const perBatch = Math.floor((0.2 * roomOfHalf(mixture)) / mixture.batches.length);
  const batches = mixture.batches.map((batch) => ({
    ...batch,
    count: Math.min(batch.count, perBatch),
  }));
  return { ...mixture, special, batches };
}

function specialOf(mixture: Plain, drawn: DrawnSpecial): Special | null {
  const { low, high, pairs } = mixture;
  const size = high - low + 1;
  const groupAt = (share: number) => Math.floor((pairs.length * share) / PER_MILLE);
  const group = groupAt(drawn.pair);
  const { end } = drawn.parts[0] ?? { end: 'live' };
  switch (drawn.kind) {
    case 'bind0':
      return boundParts(mixture, drawn, groupAt);
    case 'by-number': {
      const count = 16 + Math.floor((0.2 * size * drawn.share) / PER_MILLE);
      if (size < 64) return null;
      const first = low + Math.floor(((size - count) * drawn.from) / PER_MILLE);
      const ports = portsFrom(first, count, 1);
      // A few ports that happen to be of the first half could be anybody's.
      if (usableOf(ports, mixture).length < FEWEST_NUMBERED) return null;
      return { kind: 'by-number', group, ports, end };
    }
    case 'shared': {
      const own = pairs[group]?.source;
      const groups = pairs.flatMap(({ source }, index) => (source === own ? [index] : []));
      const count = 8 + Math.floor((0.3 * (size / 2) * drawn.share) / PER_MILLE);
      const first = low + 1 + 2 * Math.floor(((size / 2 - count) * drawn.from) / PER_MILLE);
      return { kind: 'shared', groups: groups.slice(0, 2), ports: portsFrom(first, count, 2) };
    }
    case 'own-range': {
      // Smaller or larger ones do not stand out from chance.
      const width = 16 + Math.floor((Math.max(0, 0.25 * size - 16) * drawn.share) / PER_MILLE);
      if (size < 64) return null;
      const first = low + Math.floor(((size - width) * drawn.from) / PER_MILLE);
      const count = Math.floor(0.8 * width);
      // Where reserved ports leave those of one parity, they look like a few that bind() took.
      const left = usableOf(portsFrom(first, width, 1), mixture);
      if (new Set(left.map((port) => (port - low) % 2)).size < 2) return null;
      return { kind: 'own-range', group, low: first, high: first + width - 1, count };
    }
  }
}

const portsFrom = (first: number, count: number, step: number) =>
  Array.from({ length: count }, (_, index) => first + step * index);

/** A group that fills both halves alone is like one of plain connect()s that is exhausted: no table tells them apart. */
function boundParts(
  mixture: Plain,
  { parts, last }: DrawnSpecial,
  groupAt: (share: number) => number,
): Special {
  const half = roomOfHalf(mixture);
  const byGroup = new Map<number, BoundPart>();
  for (const { pair, share, end } of parts) {
    const group = groupAt(pair);
    const count = 1 + Math.floor((MOST_OF_FIRST * 2 * half * share) / PER_MILLE);
    byGroup.set(group, { group, count, end });
  }
  return { kind: 'bind0', parts: [...byGroup.values()], last };
}

/** Fewer ports bound by number do not stand out. */
const FEWEST_NUMBERED = 14;

/** Those of the ports that are not reserved. */
function usableOf(ports: readonly number[], { reserved }: Plain): readonly number[] {
  const spans = reserved.ports.split(',').filter(Boolean).map(spanOf);
  return ports.filter((port) => !spans.some(([first, last]) => first <= port && port <= last));
}

/** Usable ports of a half, at least. */
export function roomOfHalf({
  low,
  high,
  reserved,
  listeners,
  pairs,
}: Pick<Plain, 'low' | 'high' | 'reserved' | 'listeners' | 'pairs'>): number {
  const spans = reserved.ports.split(',').filter(Boolean).map(spanSize);
  const blocked = spans.reduce((sum, size) => sum + size, 0) + listeners.length + pairs.length;
  return Math.max(0, (high - low + 1) / 2 - blocked);
}

function spanSize(span: string): number {
  const [first, last] = spanOf(span);
  return last - first + 1;
}

function spanOf(span: string): [first: number, last: number] {
  const [first = 0, last = first] = span.split('-').map(Number);
  return [first, last];
}

/** In words. */
export function specialText(special: Special, groupText: (group: number) => string): string {
  switch (special.kind) {
    case 'bind0': {
      const parts = special.parts.map(
        ({ group, count, end }) => `${count} ${end} ${groupText(group)}`,
      );
      return `bind((ip, 0)), then connect(), ${special.last ? 'last' : 'first'}: ${parts.join('; ')}`;
    }
    case 'by-number':
      return `${special.ports.length} by number from ${special.ports[0]} on, ${special.end}, ${groupText(special.group)}`;
    case 'shared':
      return `${special.ports.length} second ports by number from ${special.ports[0]} on, SO_REUSEADDR, ${special.groups.map(groupText).join(' and ')}`;
    case 'own-range':
      return `${special.count} from an own range ${special.low}–${special.high}, ${groupText(special.group)}`;
  }
}
