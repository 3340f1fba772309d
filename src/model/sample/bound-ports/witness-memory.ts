import type { PortRange } from '../../../kernel/port-range.ts';
import type { Sample } from '../sample.ts';
import type { TupleGroup } from '../tuple-group.ts';
import { hasClearRoom } from './likelihood.ts';
import type { Witness } from './verdict.ts';

/** A half with fewer free ports than this share is full for connect(), but for those that leave just now. */
const FULL_SHARE = 0.02;

/** Nobody changes it more often while connections of before are there. */
const MOST_RANGES = 10;

/** What a group was like in the last sample. */
interface Seen {
  readonly witness: Witness | undefined;
  readonly secondUsed: number;
  readonly hadRoom: boolean;
}

/**
 * Remembers of each group what no single sample tells: whether its first half was full when it got ports of the
 * second (a rush), or had clear room (bind() before connect()). Times do not matter: what was seen holds as long
 * as there are ports of the second half.
 */
export class WitnessMemory {
  #byGroup = new Map<string, Seen>();
  #ranges: readonly PortRange[] = [];

  /** Ranges that samples had, the newest first; the present one is among them. */
  get ranges(): readonly PortRange[] {
    return this.#ranges;
  }

  /** What was seen of a group, by its key; undefined: nothing that tells. */
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

/** Ports that connect() would take over now were closed to it a moment ago. */
function hasRoom({ parity: { first }, reusable }: TupleGroup): boolean {
  return hasClearRoom(first.usable - first.used - reusable, first.usable);
}
