import type { StateCounts } from '../../kernel/tcp-state.ts';
import type { GroupModel } from '../group-model.ts';
import type { Sample } from '../sample/sample.ts';

/**
 * What holds a group's ports: the state most of them are in, bind() in other groups, or connections in use.
 * `unacknowledged`: FIN_WAIT1, LAST_ACK and CLOSING, in all of which this end has sent its FIN and the peer does not answer it.
 */
export type Cause =
  | 'CLOSE_WAIT'
  | 'SYN_SENT'
  | 'FIN_WAIT2'
  | 'unacknowledged'
  | 'bind'
  | 'TIME_WAIT'
  | 'live';

/** How many ports each cause holds, and which of them holds the most. */
export interface Pressure {
  readonly cause: Cause;
  readonly ports: Readonly<Record<Cause, number>>;
  /** Ports that are taken or lost, whatever by. */
  readonly taken: number;
}

/** A share of the range that bind() has to cost for the group's own bound ports to count as the same evil. */
const TELLING_BIND_SHARE = 0.1;

/** A state that holds at least this share of what is taken is more than connections on their way, */
const LARGE_STUCK_SHARE = 0.25;
/** and at least so many of the usable ports, or it is no matter yet. */
const RELEVANT_STUCK_SHARE = 0.01;
const FEWEST_STUCK = 5;

/** A share of what is taken that bind() may waste at the most before it is the cause. */
const LARGE_WASTED_SHARE = 0.25;

/** Measures what holds the ports of a group. */
export function pressureOn(sample: Sample, group: GroupModel): Pressure {
  const { byState, liveUsed, timeWaitUsed, usable } = group;
  const lost = portsLostToBind(sample, group);
  // States are counted over all sockets of the group, those on ports that do not count among them.
  let left = liveUsed;
  const take = (count = 0) => {
    const taken = Math.min(left, count);
    left -= taken;
    return taken;
  };
  const isTelling = lost >= TELLING_BIND_SHARE * (usable + lost);
  const ports = {
    CLOSE_WAIT: take(byState.CLOSE_WAIT),
    SYN_SENT: take(byState.SYN_SENT),
    FIN_WAIT2: take(byState.FIN_WAIT2),
    unacknowledged: take(unacknowledged(byState)),
    bind: lost === 0 ? 0 : lost + (isTelling ? group.bindBeforeConnect.ports : 0),
    TIME_WAIT: timeWaitUsed,
    live: left,
  };
  const taken = group.used + lost;
  const [first = 'live'] = (Object.keys(ports) as Cause[])
    .filter((cause) => !isStuckState(cause) || isPile(ports[cause], taken, usable))
    .toSorted((a, b) => ports[b] - ports[a]);
  // What bind() costs is all waste, and what connections in use cost is not.
  const isWasted = first === 'live' && lost > 0 && ports.bind >= LARGE_WASTED_SHARE * taken;
  const cause = isWasted ? 'bind' : ports[first] === 0 ? 'live' : first;
  return { cause, ports, taken };
}

/** True if so many sockets in a state that should be short are more than connections on their way. */
export function isPile(stuck: number, taken: number, usable: number): boolean {
  return (
    stuck >= FEWEST_STUCK &&
    stuck >= LARGE_STUCK_SHARE * taken &&
    stuck >= RELEVANT_STUCK_SHARE * usable
  );
}

const STUCK: readonly Cause[] = ['CLOSE_WAIT', 'SYN_SENT', 'FIN_WAIT2', 'unacknowledged'];

function isStuckState(cause: Cause): boolean {
  return STUCK.includes(cause);
}

function unacknowledged({ FIN_WAIT1 = 0, LAST_ACK = 0, CLOSING = 0 }: StateCounts): number {
  return FIN_WAIT1 + LAST_ACK + CLOSING;
}

/** Ports that bind() before connect() in other groups keeps from this one, as its `usable` has it. */
export function portsLostToBind(sample: Sample, group: GroupModel): number {
  return Math.max(0, sample.portSpace.usable + sample.inferredHeld - group.usable);
}
