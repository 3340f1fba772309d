import type { StateCounts } from '../../kernel/tcp-state.ts';
import type { GroupModel } from '../group-model.ts';
import type { Sample } from '../sample/sample.ts';
import type { TupleGroup } from '../sample/tuple-group.ts';

/**
 * What holds a group's ports: the state most of them are in, bind() in other groups, or connections in use.
 * `unacknowledged` stands for FIN_WAIT1, LAST_ACK and CLOSING: this end has sent its FIN and the peer does not answer.
 */
export type Cause =
  | 'CLOSE_WAIT'
  | 'SYN_SENT'
  | 'FIN_WAIT2'
  | 'unacknowledged'
  | 'bind'
  | 'TIME_WAIT'
  | 'live';

/** How many ports each cause holds, and the main cause. */
export interface Pressure {
  readonly cause: Cause;
  readonly ports: Readonly<Record<Cause, number>>;
  /** Ports taken or lost, for any cause. */
  readonly taken: number;
}

/** Share of the range lost to bind() above which the group's own bound ports count as part of that cause. */
const TELLING_BIND_SHARE = 0.1;

/** Share of taken ports above which a transient state counts as a pile-up. */
const LARGE_STUCK_SHARE = 0.25;
/** A pile-up must also hold this share of the usable ports. */
const RELEVANT_STUCK_SHARE = 0.01;
const FEWEST_STUCK = 5;
/** So many are relevant in any range. */
const MANY_STUCK = 50;

/** Share of taken ports lost to bind() above which bind() is the cause. */
const LARGE_WASTED_SHARE = 0.25;

/** Measures what holds the ports of a group. */
export function pressureOn(sample: Sample, group: GroupModel): Pressure {
  const { byState, liveUsed, timeWaitUsed, usable } = group;
  const lost = portsLostToBind(sample, group);
  const kept = portsKeptByBind(group);
  const own = losesToBind(sample, group) ? group.bindBeforeConnect.ports : 0;
  // State counts include sockets on ports that do not count as used.
  let left = liveUsed;
  const take = (count = 0) => {
    const taken = Math.min(left, count);
    left -= taken;
    return taken;
  };
  const ports = {
    CLOSE_WAIT: take(byState.CLOSE_WAIT),
    SYN_SENT: take(byState.SYN_SENT),
    FIN_WAIT2: take(byState.FIN_WAIT2),
    unacknowledged: take(unacknowledged(byState)),
    bind: lost === 0 ? kept : lost + Math.max(kept, own),
    TIME_WAIT: timeWaitUsed - kept,
    live: left,
  };
  const taken = group.used + lost;
  const [first = 'live'] = (Object.keys(ports) as Cause[])
    .filter((cause) => !isStuckState(cause) || isPile(ports[cause], taken, usable))
    .toSorted((a, b) => ports[b] - ports[a]);
  // Ports lost to bind() are pure waste; ports of connections in use are not.
  const isWasted = first === 'live' && lost > 0 && ports.bind >= LARGE_WASTED_SHARE * taken;
  const cause = isWasted ? 'bind' : ports[first] === 0 ? 'live' : first;
  return { cause, ports, taken };
}

/** True if this many sockets in a transient state are a pile-up, not just normal traffic. */
export function isPile(stuck: number, taken: number, usable: number): boolean {
  return (
    stuck >= FEWEST_STUCK &&
    stuck >= LARGE_STUCK_SHARE * taken &&
    stuck >= Math.min(MANY_STUCK, RELEVANT_STUCK_SHARE * usable)
  );
}

const STUCK: readonly Cause[] = ['CLOSE_WAIT', 'SYN_SENT', 'FIN_WAIT2', 'unacknowledged'];

/** True for a state that connections do not leave by themselves: more ports would be used up in the same way. */
export function isStuckState(cause: Cause): boolean {
  return STUCK.includes(cause);
}

function unacknowledged({ FIN_WAIT1 = 0, LAST_ACK = 0, CLOSING = 0 }: StateCounts): number {
  return FIN_WAIT1 + LAST_ACK + CLOSING;
}

/** Ports this group cannot use because other groups took them by bind() before connect(), according to `usable`. */
export function portsLostToBind(sample: Sample, group: GroupModel): number {
  return Math.max(0, sample.portSpace.usable + sample.inferredHeld - group.usable);
}

/**
 * Ports of the group's own in TIME_WAIT that connect() would take over, had bind() not taken them first: such a port stays
 * bound until TIME_WAIT ends (net/ipv4/inet_hashtables.c, __inet_hash_connect).
 */
export function portsKeptByBind(group: TupleGroup): number {
  const { bindBeforeConnect, reusableFromAgeMs, timeWaitUsed, reuse, drainSchedule } = group;
  if (!bindBeforeConnect.certain || reusableFromAgeMs === undefined || reuse?.works === false)
    return 0;
  const youngSeconds = Math.ceil(reusableFromAgeMs / 1000);
  const young = drainSchedule.slice(-youngSeconds).reduce((sum, closes) => sum + closes, 0);
  return Math.max(0, Math.min(bindBeforeConnect.ports, timeWaitUsed - young));
}

/** True where bind() in other groups takes a telling share of this group's ports: it will take more of them, too. */
export function losesToBind(sample: Sample, group: GroupModel): boolean {
  const lost = portsLostToBind(sample, group);
  return lost >= TELLING_BIND_SHARE * (group.usable + lost);
}
