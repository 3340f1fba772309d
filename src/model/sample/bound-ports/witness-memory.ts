import type { PortRange } from '../../../kernel/port-range.ts';
import type { Sample } from '../sample.ts';
import type { ParityUse, TupleGroup } from '../tuple-group.ts';
import { FULL_SHARE, hasClearRoom, isMostlyFree, isUsedUp, type SeenNow } from './likelihood.ts';
import { REUSE_SETTINGS } from '../reuse-memory.ts';
import type { Witness } from './verdict.ts';

/** Number of ranges to remember: the range hardly changes more often within the life of a connection. */
const MOST_RANGES = 10;

/** State of a group in the last sample. */
interface Seen {
  readonly witness: Witness | undefined;
  /** Its ports of the second half, with the TIME_WAIT that connect() can take over: that is still there. */
  readonly secondHeld: number;
  /** Nobody saw how some of those were taken, or connect() may have taken them. */
  readonly hasUnexplained: boolean;
  /** The same, while the first half had clear room. */
  readonly hasEarlier: boolean;
  /** Ports of the first half that connect() could take, if they were clear room; else 0. */
  readonly room: number;
  /** The first half was full for connect(). */
  readonly isFull: boolean;
  /**
   * Most ports of the first half that can still be bound: those it had when bound ones had used up the second half, or fewer,
   * if it has had fewer since. bind() takes more of them only when it has used that up again.
   */
  readonly overflown: number;
}

/**
 * Remembers what a single sample cannot show: when a group got ports of the second half, was its first half full
 * (a rush), or did it have clear room (bind() before connect())? Time does not matter: an observation holds for as
 * long as the group has ports of the second half.
 */
export class WitnessMemory {
  #byGroup = new Map<string, Seen>();
  #unlikeRush: ReadonlySet<string> = new Set();
  #ranges: readonly PortRange[] = [];
  #before: Machine | undefined;
  /** The last sample had all groups. */
  #wasComplete = false;

  /** Port ranges seen in samples, newest first, including the present one. */
  get ranges(): readonly PortRange[] {
    return this.#ranges;
  }

  /**
   * What was seen of a group's ports, by key; undefined: nothing conclusive. Nobody saw what has come since the last sample,
   * and once the first half is full, connect() may have taken that.
   */
  of(key: string, { isFull, secondHeld, secondUsable }: SeenNow): Witness | undefined {
    const seen = this.#byGroup.get(key);
    if (seen?.witness !== 'bind' || !isFull) return seen?.witness;
    return hasGrown(secondHeld, seen, secondUsable) ? 'some' : 'bind';
  }

  /** True if the group's bound ports had used up the second half, so that it may have bound ports of the first as well. */
  hasOverflown(key: string): boolean {
    return (this.#byGroup.get(key)?.overflown ?? 0) > 0;
  }

  /** Takes the groups of the next sample whose ports of the second half do not all look like a rush. */
  heed(unlikeRush: ReadonlySet<string>): void {
    this.#unlikeRush = unlikeRush;
  }

  /** Takes a sample; groups that have gone are forgotten. */
  push(sample: Sample): void {
    const { low, high } = sample.portSpace;
    const [newest] = this.#ranges;
    if (newest?.low !== low || newest.high !== high)
      this.#ranges = [{ low, high }, ...this.#ranges].slice(0, MOST_RANGES);
    const machine = machineOf(sample);
    const meanwhile = betweenLooks(this.#before, machine);
    this.#before = machine;
    const seen = new Map<string, Seen>();
    for (const group of sample.groups) {
      const known = this.#byGroup.get(group.key);
      const now = stateOf(group);
      const before = known ?? (this.#wasComplete ? noneBefore(group) : undefined);
      const isByBind = before !== undefined && isGrowthByBind(now, before, meanwhile);
      const isUnlikeRush = this.#unlikeRush.has(group.key);
      const witness = witnessOf(group, { now, before: known, isByBind, isUnlikeRush }, meanwhile);
      const hasUnexplained = isUnexplained(now, before, isByBind);
      const wasEarlier = known?.hasEarlier === true && now.secondHeld > 0;
      const hasEarlier = wasEarlier || (witness === undefined && hasUnexplained && now.room > 0);
      const overflown = overflownNow(group, now, known?.overflown ?? 0);
      seen.set(group.key, { ...now, witness, hasUnexplained, hasEarlier, overflown });
    }
    this.#byGroup = seen;
    this.#wasComplete = sample.remainder.groups === 0 && sample.sampling.isPartial !== true;
  }
}

/** What concerns all groups in a sample. */
interface Machine {
  /** connect() calls so far; undefined: not known. */
  readonly opens: number | undefined;
  /** What decides which ports connect() can take, as one text to compare. */
  readonly settings: string;
  /** Ports of the range that a bind() without connection holds. */
  readonly held: number;
}

function machineOf({ counters, sysctls, portSpace, inferredHeld }: Sample): Machine {
  const names = [
    'net.ipv4.ip_local_port_range',
    'net.ipv4.ip_local_reserved_ports',
    ...REUSE_SETTINGS,
  ] as const;
  return {
    opens: counters.activeOpens,
    settings: JSON.stringify(names.map((name) => sysctls[name])),
    held: portSpace.held - inferredHeld,
  };
}

/** What happened between two samples. */
interface Meanwhile {
  /** connect() calls; undefined: not known. */
  readonly opened: number | undefined;
  readonly isOtherSetting: boolean;
  /** Most ports of a half that connections can have gained. */
  readonly mostGrowth: number;
  /** Ports that became usable, taken or not, since a bind() holds them no longer. */
  readonly released: number;
}

/** A few connections may be read before they are counted. */
const COUNTED_LATE = { share: 0.1, connections: 2 } as const;

function betweenLooks(before: Machine | undefined, now: Machine): Meanwhile {
  const isKnown = before?.opens !== undefined && now.opens !== undefined;
  const opened = isKnown ? now.opens - before.opens : undefined;
  return {
    opened,
    isOtherSetting: before !== undefined && before.settings !== now.settings,
    mostGrowth: (1 + COUNTED_LATE.share) * (opened ?? 0) + COUNTED_LATE.connections,
    released: before === undefined ? 0 : Math.max(0, before.held - now.held),
  };
}

/** What the rows of one sample tell. */
type State = Pick<Seen, 'room' | 'isFull' | 'secondHeld'>;

function stateOf(group: TupleGroup): State {
  const { first, second } = group.parity;
  const isFull = first.usable - first.used <= FULL_SHARE * first.usable;
  return { room: clearRoom(group), isFull, secondHeld: heldOf(second) };
}

/** A group that was not there: it had no ports. */
function noneBefore({ parity }: TupleGroup): Seen {
  const none = { secondHeld: 0, hasUnexplained: false, hasEarlier: false, overflown: 0 };
  return { ...none, witness: undefined, room: parity.first.usable, isFull: false };
}

/** A group in two looks, the earlier of which may be missing. */
interface Looks {
  readonly now: State;
  readonly before: Seen | undefined;
  /** Ports of the second half came that were bound. */
  readonly isByBind: boolean;
  readonly isUnlikeRush: boolean;
}

function witnessOf(
  group: TupleGroup,
  { now, before, isByBind, isUnlikeRush }: Looks,
  { isOtherSetting }: Meanwhile,
): Witness | undefined {
  const { certain, suspected } = group.bindBeforeConnect;
  const known = before?.witness;
  if (before?.witness === 'bind' && (isOtherSetting || now.isFull || before.isFull)) {
    // More than bind() may have taken ports of the second half.
    return hasGrown(now.secondHeld, before, group.parity.second.usable) ? 'some' : 'bind';
  }
  // What is bound is not usable, so that a half full of bound ports would look like a rush.
  if (suspected && certain && known !== 'both' && known !== 'some') return 'bind';
  if (now.isFull) return ofFullHalf(group, known, isUnlikeRush || before?.hasEarlier === true);
  if (now.secondHeld === 0) return undefined;
  // A group that was not there before may be about to show a port range of its own.
  if (!isByBind || before === undefined) return known;
  if (known === 'rush') return 'both';
  if (known === 'maybe') return 'some';
  return known ?? (before.hasUnexplained ? 'some' : 'bind');
}

/** What a full first half tells: a rush, unless ports of the second half do not look like one, or were there before. */
function ofFullHalf(
  { parity: { second } }: TupleGroup,
  known: Witness | undefined,
  isUnlikeRush: boolean,
): Witness {
  if (known === 'both' || known === 'some' || known === 'bind') return known;
  if (isUnlikeRush) return 'maybe';
  // With more of them nothing tells, but what was seen before.
  const isTold = isMostlyFree(second.used, second.usable);
  return known === 'maybe' && !isTold ? 'maybe' : 'rush';
}

/** True if so many ports of the second half have come that more than bind() may have taken them. */
function hasGrown(secondHeld: number, before: Seen, usable: number): boolean {
  return secondHeld - before.secondHeld > FULL_SHARE * usable;
}

function isUnexplained(
  { secondHeld }: State,
  before: Seen | undefined,
  isByBind: boolean,
): boolean {
  if (secondHeld === 0) return false;
  if (before === undefined) return true;
  return before.hasUnexplained || (secondHeld > before.secondHeld && !isByBind);
}

/** True if ports of the second half came between two looks, and connect() cannot have taken them. */
function isGrowthByBind(
  now: State,
  before: Seen,
  { opened, isOtherSetting, mostGrowth, released }: Meanwhile,
): boolean {
  const grown = now.secondHeld - before.secondHeld;
  // Ports that are reserved, held or outside the range no longer were there before.
  if (opened === undefined || isOtherSetting || grown <= released || grown > mostGrowth)
    return false;
  // Between two looks the first half may have been full, and free again, if enough was opened.
  return before.room > 0 && now.room > 0 && opened < before.room;
}

/** Ports that sockets of the group have, whether connect() can take them over or not. */
function heldOf({ used, reusable = 0 }: ParityUse): number {
  return used + reusable;
}

function overflownNow(
  { parity: { first, second }, bindBeforeConnect }: TupleGroup,
  { room }: State,
  before: number,
): number {
  const { certain, suspected } = bindBeforeConnect;
  const isByBind = certain || (suspected && room > 0);
  if (isByBind && isUsedUp(second.used, second.usable)) return first.used;
  return second.used === 0 ? 0 : Math.min(before, first.used);
}

/**
 * Ports of the first half that connect() can take if they are clear room, else 0. TIME_WAIT that it takes over counts, if
 * nothing speaks against that: until it is taken over or ends, it is room.
 */
function clearRoom({ parity: { first }, reuse }: TupleGroup): number {
  const room = first.usable - (reuse === undefined ? first.used : heldOf(first));
  return hasClearRoom(room, first.usable) ? room : 0;
}
