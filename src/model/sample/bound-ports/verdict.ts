import type { PortRange } from '../../../kernel/port-range.ts';
import type { GroupEvidence } from './evidence.ts';
import type { SeenNow } from './likelihood.ts';

/**
 * Why it is uncertain whether ports are bound:
 *
 * - `rush`: they are bound, or connect() took them while the first half was full;
 * - `closed-rush`: the same, but all these ports are in TIME_WAIT;
 * - `overflow`: bind() has used up the second half for a source address and may hold ports of the first as well;
 * - `block`: they were bound by number, a program has its own range (IP_LOCAL_PORT_RANGE), or the range was narrower;
 * - `lopsided`: hardly a port of one half is usable, so that bind() and connect() take the same ones;
 * - `scattered`: beside a full first half, those that do not follow each other;
 * - `shared`: connect() took most of them while the first half was full, since others have as many in common as by chance;
 * - `accepted`: they are a client's, or a listener's that has closed.
 */
export type Doubt =
  | 'rush'
  | 'closed-rush'
  | 'overflow'
  | 'block'
  | 'lopsided'
  | 'scattered'
  | 'shared'
  | 'accepted';

/**
 * What earlier samples saw: ports of the second half were taken while the first was full (`rush`), or not (`bind`), or
 * both; `some`: some were bound, and nobody saw how the others were taken; `maybe`: while the first half was full, some did
 * not look like connect()'s.
 */
export type Witness = 'rush' | 'bind' | 'both' | 'some' | 'maybe';

/** What is known beyond the rows. */
export interface History {
  /** Outgoing connections opened since the counters began but no longer among the rows; undefined: not known. */
  readonly vanished?: number | undefined;
  /** TIME_WAIT sockets taken over since then. */
  readonly timeWaitReused?: number | undefined;
  /** Port ranges seen in earlier samples. */
  readonly formerRanges?: readonly PortRange[] | undefined;
  /** What earlier samples saw of the ports that a tuple has now. */
  readonly witnessOf?: ((tuple: number, now: SeenNow) => Witness | undefined) | undefined;
  /** Whether a tuple's bound ports had used up the second half in an earlier sample. */
  readonly hasOverflown?: ((tuple: number) => boolean) | undefined;
}

/** The conclusion about a group's ports of the second half. */
export interface Verdict {
  readonly group: GroupEvidence;
  /** Whether they are bound; if `possible`, see `doubt`. */
  readonly bound: 'certain' | 'possible' | 'no';
  readonly doubt?: Doubt;
  /** The ports of `doubt` for which no evidence of bind() speaks: all, or those in TIME_WAIT. Undefined: none of them. */
  readonly unsupported?: 'all' | 'closed';
  /** True if more live ports of the second half than a rush leaves speak for bind(). */
  readonly isBacked?: boolean;
  /** The evidence that decides, in a sentence. */
  readonly because?: string;
  /** True if the verdict also covers ports shared with other groups of the source. */
  readonly sharedToo?: boolean;
  /** True if the order of ages shows that its first half is bound too. */
  readonly firstToo?: boolean;
  /** Why its ports of the first half may be bound, or need not be where the source's are. */
  readonly firstDoubt?: Doubt;
  /** The same, for those in TIME_WAIT. */
  readonly closedDoubt?: Doubt;
  /** Some of its connections took ports of the first half by connect(): these, by the look of it. */
  readonly ofConnect?: ReadonlySet<number>;
  /** Its ports of the second half that connect() took, whatever the doubt about the others. */
  readonly inTurn?: ReadonlySet<number>;
  /** True if its first half is full, but not all of the second looks as if connect() had taken it since. */
  readonly isUnlikeRush?: boolean;
  /** True if an earlier sample saw the ports being taken. */
  readonly isWitnessed?: boolean;
  /** True if the ports were surely bound one by one. */
  readonly byNumber?: boolean;
  /** True if it rests on ports that the group does not share: then it binds, or those that it does not share them with do. */
  readonly isDisjoint?: boolean;
  /** True if the group seems to have its own port range. */
  readonly ownRange?: boolean;
}

/** Whether a source's ports of the first half are bound; `low`: perhaps, those of the lower half of the range. */
export type Overflow = 'no' | 'low' | 'possible' | 'certain';

/** Usable ports of each half, and those of the first half that other groups may have bound. */
export interface Halves {
  readonly first: number;
  readonly second: number;
  readonly firstBlocked: number;
  /** One half is nearly empty of usable ports; all ports count as the second. */
  readonly isLopsided: boolean;
}
