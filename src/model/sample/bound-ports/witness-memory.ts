import type { PortRange } from '../../../kernel/port-range.ts';
import type { Sample } from '../sample.ts';
import type { TupleGroup } from '../tuple-group.ts';
import { hasClearRoom } from './likelihood.ts';
import type { Witness } from './verdict.ts';

/** A half with a smaller free share than this counts as full for connect(): some ports are just being released. */
const FULL_SHARE = 0.02;

/** Number of ranges to remember: the range hardly changes more often within the life of a connection. */
const MOST_RANGES = 10;

/** State of a group in the last sample. */
interface Seen {
  readonly witness: Witness | undefined;
  readonly secondUsed: number;
  readonly hadRoom: boolean;
}

/**
 * Remembers what a single sample cannot show: when a group got ports of the second half, was its first half full
 * (a rush), or did it have clear room (bind() before connect())? Time does not matter: an observation holds for as
 * long as the group has ports of the second half.
 */
export class WitnessMemory {
  #byGroup = new Map<string, Seen>();
  #ranges: readonly PortRange[] = [];

  /** Port ranges seen in samples, newest first, including the present one. */
  get ranges(): readonly PortRange[] {
    return this.#ranges;
  }

  /** What was seen of a group, by key; undefined: nothing conclusive. */
  of(key: string): Witness | undefined {
    return this.#byGroup.get(key)?.witness;
  }

  /** Takes a sample; groups that have gone are forgotten. */
  push(sample: Sample): void {
    const { low, high } = sample.portSpace;
    const [newest] = this.#ranges;
    if (newest?.low !== low || newest.high !== high)
      this.#ranges = [{ low, high }, ...this.#ranges].slice(0, MOST_RANGES);
    const seen = new Map<string, Seen>();
    for (const group of sample.groups) {
      const hadRoom = hasRoom(group);
      const secondUsed = group.parity.second.used;
      const witness = witnessOf(group, hadRoom, this.#byGroup.get(group.key));
      seen.set(group.key, { witness, secondUsed, hadRoom });
    }
    this.#byGroup = seen;
  }
}

function witnessOf(
  group: TupleGroup,
  hasRoomNow: boolean,
  before: Seen | undefined,
): Witness | undefined {
  const { first, second } = group.parity;
  const { certain, suspected } = group.bindBeforeConnect;
  if (suspected && certain) return 'bind';
  if (first.usable - first.used <= FULL_SHARE * first.usable) return before?.witness ?? 'rush';
  if (second.used === 0) return undefined;
  if (before === undefined) return undefined;
  const hasGrown = second.used > before.secondUsed;
  return before.witness ?? (hasGrown && before.hadRoom && hasRoomNow ? 'bind' : undefined);
}

/** Ports in TIME_WAIT that connect() can take over do not count as room: a moment ago it could not take them. */
function hasRoom({ parity: { first }, reusable }: TupleGroup): boolean {
  return hasClearRoom(first.usable - first.used - reusable, first.usable);
}
