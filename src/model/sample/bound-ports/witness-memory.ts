import type { PortRange } from '../../../kernel/port-range.ts';
import type { Sample } from '../sample.ts';
import type { ParityUse, TupleGroup } from '../tuple-group.ts';
import { hasClearRoom, isUsedUp } from './likelihood.ts';
import type { Witness } from './verdict.ts';

/** A half with a smaller free share than this counts as full for connect(): some ports are just being released. */
const FULL_SHARE = 0.02;

/** Number of ranges to remember: the range hardly changes more often within the life of a connection. */
const MOST_RANGES = 10;

/** State of a group in the last sample. */
interface Seen {
  readonly witness: Witness | undefined;
  /** Its ports of the second half, with the TIME_WAIT that connect() can take over: that is still there. */
  readonly secondHeld: number;
  /** Free ports of the first half, if they were clear room; else 0. */
  readonly room: number;
  /** Its bound ports had used up the second half, and most of them are still there. */
  readonly hasOverflown: boolean;
}

/** With less than this share of the second half bound, an overflow of long ago is forgotten. */
const OVERFLOWN_SHARE = 0.25;

/**
 * Remembers what a single sample cannot show: when a group got ports of the second half, was its first half full
 * (a rush), or did it have clear room (bind() before connect())? Time does not matter: an observation holds for as
 * long as the group has ports of the second half.
 */
export class WitnessMemory {
  #byGroup = new Map<string, Seen>();
  #ranges: readonly PortRange[] = [];
  /** connect() calls of the machine up to the last sample. */
  #opens: number | undefined;

  /** Port ranges seen in samples, newest first, including the present one. */
  get ranges(): readonly PortRange[] {
    return this.#ranges;
  }

  /** What was seen of a group, by key; undefined: nothing conclusive. */
  of(key: string): Witness | undefined {
    return this.#byGroup.get(key)?.witness;
  }

  /** True if the group's bound ports had used up the second half, so that it may have bound ports of the first as well. */
  hasOverflown(key: string): boolean {
    return this.#byGroup.get(key)?.hasOverflown === true;
  }

  /** Takes a sample; groups that have gone are forgotten. */
  push(sample: Sample): void {
    const { low, high } = sample.portSpace;
    const [newest] = this.#ranges;
    if (newest?.low !== low || newest.high !== high)
      this.#ranges = [{ low, high }, ...this.#ranges].slice(0, MOST_RANGES);
    const { activeOpens } = sample.counters;
    const opened =
      activeOpens === undefined || this.#opens === undefined ? 0 : activeOpens - this.#opens;
    this.#opens = activeOpens;
    const seen = new Map<string, Seen>();
    for (const group of sample.groups) {
      const room = clearRoom(group);
      const secondHeld = heldOf(group.parity.second);
      const witness = witnessOf(group, { room, opened }, this.#byGroup.get(group.key));
      const hasOverflown = overflown(group, this.#byGroup.get(group.key)?.hasOverflown === true);
      seen.set(group.key, { witness, secondHeld, room, hasOverflown });
    }
    this.#byGroup = seen;
  }
}

function witnessOf(
  group: TupleGroup,
  { room, opened }: { room: number; opened: number },
  before: Seen | undefined,
): Witness | undefined {
  const { first, second } = group.parity;
  const { certain, suspected } = group.bindBeforeConnect;
  const known = before?.witness;
  // What is bound is not usable, so that a half full of bound ports would look like a rush.
  if (suspected && certain && known !== 'both') return 'bind';
  if (first.usable - first.used <= FULL_SHARE * first.usable) return known ?? 'rush';
  if (heldOf(second) === 0) return undefined;
  // Between two looks the first half may have been full, and free again, if enough was opened.
  const hasGrown = before !== undefined && heldOf(second) > before.secondHeld;
  const isBind = hasGrown && before.room > 0 && room > 0 && opened < before.room;
  if (isBind && known === 'rush') return 'both';
  return known ?? (isBind ? 'bind' : undefined);
}

/** Ports that sockets of the group have, whether connect() can take them over or not. */
function heldOf({ used, reusable = 0 }: ParityUse): number {
  return used + reusable;
}

function overflown(
  { parity: { second }, bindBeforeConnect }: TupleGroup,
  before: boolean,
): boolean {
  if (!bindBeforeConnect.certain) return false;
  return (
    isUsedUp(second.used, second.usable) ||
    (before && second.used >= OVERFLOWN_SHARE * second.usable)
  );
}

/**
 * Free ports of the first half if they are clear room, else 0. Ports in TIME_WAIT that connect() can take over do not
 * count: a moment ago it could not take them.
 */
function clearRoom({ parity: { first } }: TupleGroup): number {
  const room = first.usable - heldOf(first);
  return hasClearRoom(room, first.usable) ? room : 0;
}
