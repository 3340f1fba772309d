import type { PortRange } from '../../../kernel/port-range.ts';
import type { PortsByParity } from '../port-space.ts';
import type { SourceEvidence } from './evidence.ts';
import { haveEnded } from './likelihood.ts';
import { LIVE } from '../tuple-rows.ts';
import type { PortHalves } from './port-halves.ts';
import { KNOWN_YOUNG, type Rows } from './rows.ts';
import type { SourceTally } from './source-tally.ts';
import type { Doubt, Overflow, Verdict } from './verdict.ts';

/** Marks of `BoundPorts.marks`. */
export const MAYBE_BOUND = 1;
export const SURELY_BOUND = 2;

/**
 * What a doubt about a port counts for where severity is judged: in full; as long as TIME_WAIT lasts, since nothing else has
 * the port then; or nothing, since no evidence speaks for bind().
 */
export const IN_FULL = 0;
export const PASSING = 1;
export const UNSUPPORTED = 2;
export type Weight = typeof IN_FULL | typeof PASSING | typeof UNSUPPORTED;

/** Numbers of ports in doubt, by weight. */
export type InDoubt = [inFull: number, passing: number, unsupported: number];

/** The ports in doubt, whatever their weights. */
export function portsInDoubt(possible: Readonly<InDoubt>): number {
  return possible.reduce((sum, ports) => sum + ports);
}

/** Number of a group's ports taken by bind() before connect(). */
export interface GroupFinding {
  readonly certain: number;
  /** Ports that may be bound, not counting `certain`. */
  readonly possible: number;
  /** Of `possible`, those for which evidence of bind() speaks, though a past rush explains them too. */
  readonly suspected: number;
  /** The evidence that decides, in a sentence. */
  readonly because?: string | undefined;
  /** True if a program chose the ports one by one. */
  readonly byNumber?: boolean | undefined;
  /** Present if the group seems to have its own port range. */
  readonly ownRange?: OwnRange | undefined;
}

/** The visible part of a group's own port range. */
export interface OwnRange extends PortRange {
  /** Usable ports in it that the group does not hold. */
  readonly free: number;
  /** Ports in it that the group holds. */
  readonly taken: number;
}

/** Ports in doubt for one reason. */
export interface DoubtfulPorts {
  readonly doubt: Doubt;
  readonly ports: number;
  readonly low: number;
  readonly high: number;
}

/** Ports inferred to be taken by bind() before connect(). */
export interface BoundPorts {
  /** SURELY_BOUND, MAYBE_BOUND or 0 for each port. */
  readonly marks: Uint8Array;
  /** Ports that are certainly bound, by half. */
  readonly certain: PortsByParity;
  /** Ports that may be bound. */
  readonly possible: Readonly<InDoubt>;
  /** Their weights, by port. */
  readonly weights: Uint8Array;
  /** Rows of sockets whose ports are certainly bound, by tuple. */
  readonly sure: ReadonlyMap<number, readonly number[]>;
  /** Tuples that take ports of the first half by connect() as well, where bind() takes some too. */
  readonly connecting: ReadonlySet<number>;
  /** Tuples in doubt of which live ports speak for bind(). */
  readonly backed: ReadonlySet<number>;
  /** Tuples with a full first half whose ports of the second do not all look like a rush. */
  readonly unlikeRush: ReadonlySet<number>;
  /** The doubts, most ports first. */
  readonly doubts: readonly DoubtfulPorts[];
  /** What was found in a group; undefined: nothing. */
  of(tuple: number): GroupFinding | undefined;
}

export const NONE_BOUND: BoundPorts = {
  marks: new Uint8Array(65536),
  certain: { first: 0, second: 0 },
  possible: [0, 0, 0],
  weights: new Uint8Array(65536),
  sure: new Map(),
  connecting: new Set(),
  backed: new Set(),
  unlikeRush: new Set(),
  doubts: [],
  of: () => undefined,
};

/** Combines the verdicts on groups into one for each port. */
export class Findings implements BoundPorts {
  readonly marks = new Uint8Array(65536);
  readonly #rows: Rows;
  readonly #tally: SourceTally;
  readonly #certain: [number, number] = [0, 0];
  readonly #byTuple = new Map<number, GroupFinding>();
  readonly sure = new Map<number, number[]>();
  readonly connecting = new Set<number>();
  readonly backed = new Set<number>();
  readonly unlikeRush = new Set<number>();
  readonly #doubts = new Map<Doubt, { ports: number; low: number; high: number }>();
  readonly weights = new Uint8Array(65536);
  readonly possible: InDoubt = [0, 0, 0];

  constructor(rows: Rows, tally: SourceTally) {
    this.#rows = rows;
    this.#tally = tally;
  }

  get certain(): PortsByParity {
    return { first: this.#certain[0], second: this.#certain[1] };
  }

  get doubts(): DoubtfulPorts[] {
    return [...this.#doubts]
      .map(([doubt, found]) => ({ doubt, ...found }))
      .toSorted((a, b) => b.ports - a.ports);
  }

  of(tuple: number): GroupFinding | undefined {
    return this.#byTuple.get(tuple);
  }

  /** Takes the verdicts on one source's groups. */
  add(source: SourceEvidence, verdicts: readonly Verdict[], overflow: Overflow): void {
    const telling = verdicts.filter(({ bound, ownRange }) => bound !== 'no' || ownRange === true);
    const { tuples: known } = this.#rows.knownBound;
    const isKnown = source.tuples.some((tuple) => known.has(tuple));
    if (telling.length === 0 && !isKnown) return;
    this.#tally.count(source.tuples);
    for (const { group, ofConnect, isBacked, isUnlikeRush } of telling) {
      if (isUnlikeRush === true) this.unlikeRush.add(group.tuple);
      if (ofConnect !== undefined) this.connecting.add(group.tuple);
      if (isBacked === true) this.backed.add(group.tuple);
    }
    const byTuple = new Map(telling.map((verdict) => [verdict.group.tuple, verdict]));
    const isBegun = telling.some(hasBegunWithFirst);
    for (const tuple of source.tuples)
      if (overflow !== 'no' || byTuple.has(tuple) || known.has(tuple))
        this.#addTuple(tuple, byTuple.get(tuple), overflow, isBegun);
  }

  /** Adds a tuple whose ports of the first half seem to be chosen by number. */
  addNumbered(tuple: number): void {
    const { sockets, tuples, halves } = this.#rows;
    const end = tuples.starts[tuple + 1] ?? 0;
    for (let at = tuples.starts[tuple] ?? 0; at < end; at++) {
      const port = tuples.localPort[at] ?? 0;
      if (!halves.isUsable(port) || halves.halfOf(port) === 1) continue;
      if (sockets.bindAddressNoPort[tuples.rows[at] ?? 0] === 1) continue;
      this.#mark(port, 'block', IN_FULL);
    }
  }

  /** `isBegun`: groups that bind have ports of the first half. */
  #addTuple(
    tuple: number,
    verdict: Verdict | undefined,
    overflow: Overflow,
    isBegun: boolean,
  ): void {
    const { tuples, halves } = this.#rows;
    const sums = { certain: 0, possible: 0, suspected: 0 };
    const sure: number[] = [];
    const weightOf = weighing(verdict, isBegun);
    const window = verdict?.ownRange === true ? windowOf(verdict, halves) : undefined;
    let [low, high, taken] = [65535, 0, 0];
    const end = tuples.starts[tuple + 1] ?? 0;
    for (let at = tuples.starts[tuple] ?? 0; at < end; at++) {
      const port = tuples.localPort[at] ?? 0;
      if (!halves.isUsable(port)) continue;
      const isInWindow = window !== undefined && port >= window.low && port <= window.high;
      if (isInWindow) [low, high, taken] = [Math.min(low, port), Math.max(high, port), taken + 1];
      const found = this.#judgePort(at, verdict, overflow, isInWindow);
      if (found === undefined) continue;
      sums[found === SURE ? 'certain' : 'possible']++;
      if (found === SURE) sure.push(tuples.rows[at] ?? 0);
      const weight = weightOf(tuples.timeWaitLeftMs[at] !== LIVE);
      if (found === 'rush' && weight !== UNSUPPORTED) sums.suspected++;
      this.#mark(port, found, weight);
    }
    if (sure.length > 0) this.sure.set(tuple, sure);
    const free = halves.usable(0, low, high) + halves.usable(1, low, high) - taken;
    const ownRange = low <= high ? { low, high, free, taken } : undefined;
    if (sums.certain + sums.possible === 0 && ownRange === undefined) return;
    const { because, byNumber } = verdict ?? {};
    this.#byTuple.set(tuple, { ...sums, because, byNumber, ownRange });
  }

  /** Returns SURE, a doubt, or undefined if bind() did not take the port of the row at this place. */
  #judgePort(
    at: number,
    verdict: Verdict | undefined,
    overflow: Overflow,
    isInWindow: boolean,
  ): typeof SURE | Doubt | undefined {
    const { sockets, tuples, knownBound } = this.#rows;
    const port = tuples.localPort[at] ?? 0;
    const row = tuples.rows[at] ?? 0;
    if (sockets.bindAddressNoPort[row] === 1) return undefined;
    const isTimeWait = tuples.timeWaitLeftMs[at] !== LIVE;
    if (verdict?.inTurn?.has(port) === true) return undefined;
    // What has closed too belongs to the rush that was seen.
    if (verdict?.doubt === 'scattered' && isTimeWait && verdict.isWitnessed === true)
      return undefined;
    if (isInWindow) return verdict?.bound === 'possible' ? verdict.doubt : undefined;
    const isShared = this.#tally.isShared(port);
    if (isShared && verdict?.sharedToo !== true) return undefined;
    const isKnown = (knownBound.marks[row] ?? 0) !== 0 && !isRefuted(verdict);
    if (isKnown && !this.#mayBeOfConnect(port, row, verdict)) return SURE;
    if (this.#rows.halves.halfOf(port) === 1) {
      if (verdict?.ownRange === true) return undefined;
      if (verdict?.bound === 'certain') return SURE;
      return verdict?.doubt ?? (overflow === 'no' ? undefined : 'overflow');
    }
    if (overflow === 'no' && verdict?.firstDoubt === undefined) return undefined;
    if (isShared) return undefined;
    const firstDoubt = verdict?.firstDoubt ?? (isTimeWait ? verdict?.closedDoubt : undefined);
    if (firstDoubt !== undefined) return firstDoubt;
    if (overflow === 'low' && port >= this.#rows.halves.middle) return undefined;
    // A group without bound ports in the second half may belong to another program.
    const isSure = overflow === 'certain' && verdict?.bound === 'certain';
    return isSure || verdict?.firstToo === true ? SURE : 'overflow';
  }

  /** True if a port of the first half that seemed to be bound may be one of those that turn out to be by connect(). */
  #mayBeOfConnect(port: number, row: number, verdict: Partial<Verdict> = {}): boolean {
    const { ofConnect } = verdict;
    if (ofConnect === undefined || this.#rows.halves.halfOf(port) === 1) return false;
    return ofConnect.has(port) || this.#rows.knownBound.marks[row] === KNOWN_YOUNG;
  }

  #mark(port: number, found: typeof SURE | Doubt, weight: Weight): void {
    const before = this.marks[port];
    if (before === SURELY_BOUND) return;
    const weightBefore = (this.weights[port] ?? IN_FULL) as Weight;
    if (before === MAYBE_BOUND) this.possible[weightBefore]--;
    if (found === SURE) {
      this.marks[port] = SURELY_BOUND;
      this.#certain[this.#rows.halves.parityOf(port)]++;
      return;
    }
    // Of two groups with the port, one may have evidence.
    const least = before === MAYBE_BOUND ? (Math.min(weight, weightBefore) as Weight) : weight;
    this.weights[port] = least;
    this.possible[least]++;
    if (before === MAYBE_BOUND) return;
    this.marks[port] = MAYBE_BOUND;
    const doubt = this.#doubts.get(found) ?? { ports: 0, low: port, high: port };
    doubt.ports++;
    doubt.low = Math.min(doubt.low, port);
    doubt.high = Math.max(doubt.high, port);
    this.#doubts.set(found, doubt);
  }
}

const SURE = 'sure';

/** True if a group turns out to choose its ports in another way than by bind() of port 0. */
function isRefuted({ bound, doubt, because, ownRange }: Partial<Verdict> = {}): boolean {
  const isInStep = bound === 'possible' && because !== undefined;
  return doubt === 'block' || ownRange === true || isInStep;
}

/** True if bind() may have gone on to the first half: a group for which something speaks for bind() has ports of it. */
function hasBegunWithFirst({ bound, unsupported, group }: Verdict): boolean {
  return bound !== 'no' && unsupported !== 'all' && group.first > 0;
}

/** What a doubt counts for, by whether the port is in TIME_WAIT. */
function weighing(verdict: Verdict | undefined, isBegun: boolean): (isTimeWait: boolean) => Weight {
  if (verdict === undefined) return () => (isBegun ? IN_FULL : UNSUPPORTED);
  const { unsupported, group } = verdict;
  const ofClosed =
    unsupported === undefined ? (haveEnded(group.closes) ? PASSING : IN_FULL) : UNSUPPORTED;
  const ofLive = unsupported === 'all' ? UNSUPPORTED : IN_FULL;
  return (isTimeWait) => (isTimeWait ? ofClosed : ofLive);
}

/** A block, widened by the largest gap to expect between its ports. Ports that nobody can use are no gap. */
function windowOf({ group: { low, high, block } }: Verdict, halves: PortHalves): PortRange {
  const margin = Math.ceil((4 * (high - low)) / Math.max(1, block.second));
  return { low: halves.away(low, -1, margin), high: halves.away(high, 1, margin) };
}
