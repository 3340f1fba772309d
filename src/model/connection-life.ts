import { heldSeconds } from './forecast.ts';
import type { GroupModel } from './group-model.ts';
import { isLoopbackGroup } from './sample/addresses.ts';
import { RATE_SECONDS } from './sample/time-wait.ts';

/** Rates and means over less than this are not told: a burst would look like a habit. */
const SEEN_SECONDS = 9;
/** A slower rate is too few connections to judge by. */
const FEWEST_PER_SECOND = 1;

/** Closes seen and closes that follow from the connections made differ by at most this share of the latter. */
const SAME_RATE = 0.2;

/**
 * True if a group was not out of ports, and the connections that it made in the last 10 s are a steady rate: closes have
 * had it for as long. Otherwise it was a burst, or a pool that fills or drains.
 */
function isSteady(group: GroupModel): boolean {
  const { past, madePerSecond, closesPerSecond, closesSeenSeconds, limit } = group;
  if (madePerSecond === null || madePerSecond < FEWEST_PER_SECOND) return false;
  const closes = madePerSecond * (past.closedShare ?? 1);
  return (
    (past.recentLive?.seenSeconds ?? 0) >= SEEN_SECONDS &&
    (limit === undefined || limit.stage === 'over') &&
    Math.abs(closesPerSecond - closes) <= SAME_RATE * madePerSecond &&
    (closes === 0 || closesSeenSeconds >= RATE_SECONDS)
  );
}

/**
 * How long connections stay open on average, in seconds: live connections / connections made per second (Little's
 * law). An upper bound: of those that are always open none may come and go. Undefined: not known, or the number of live
 * connections changes.
 */
export function meanLifeSeconds(group: GroupModel): number | undefined {
  const { past, madePerSecond, growthPerSecond } = group;
  const { recentLive: live, isMadeLowerBound } = past;
  if (live === undefined || madePerSecond === null || growthPerSecond !== 0) return undefined;
  return isSteady(group) && !isMadeLowerBound ? live.mean / madePerSecond : undefined;
}

/** Up to this share of live connections may have stayed open before the life is an upper bound. */
const STAYING_SHARE = 0.1;

/** True if many live connections may be ones that stay open, so that the others live shorter than the mean. */
export function isLifeAtMost({ past: { recentLive } }: Pick<GroupModel, 'past'>): boolean {
  return recentLive !== undefined && recentLive.least > STAYING_SHARE * recentLive.mean;
}

/** Shortest rate, longest life and share of closes at which each request seems to have its own connection. */
const ONE_REQUEST = { perSecond: 10, lifeSeconds: 0.5, closedShare: 0.9 } as const;
/**
 * True if each request seems to have a connection of its own: at least 10 connections a second are made, live for at
 * most half a second on average, and are closed here. (A peer that ends connections after so many requests closes them
 * itself.) Rate and life must be exact, and steady.
 */
export function isKeepAliveMissing(group: GroupModel): boolean {
  const { madePerSecond, past } = group;
  const life = meanLifeSeconds(group);
  return (
    life !== undefined &&
    life <= ONE_REQUEST.lifeSeconds &&
    (madePerSecond ?? 0) >= ONE_REQUEST.perSecond &&
    (past.closedShare ?? 0) >= ONE_REQUEST.closedShare
  );
}

/** How soon a source port is used again for a destination. */
export interface PortReturn {
  /** From the close of its last connection, on average. */
  readonly seconds: number;
  /** Free ports of the half that connect() takes first. */
  readonly freeFirst: number;
  readonly madePerSecond: number;
  /** True if more connections may be made than are seen. */
  readonly isAtMost: boolean;
  /** Times in seconds for which firewalls and NAT boxes remember a connection, as far as they are longer. */
  readonly remembered: readonly number[];
}

/**
 * How long boxes on the way remember a connection, in seconds: closed ones 60 s (many firewalls) or 120 s (conntrack and
 * IPVS in TIME_WAIT), idle ones 350 s (AWS load balancers and NAT gateways).
 */
const REMEMBERED_SECONDS = [60, 120, 350];

/**
 * How soon a port is used again. connect() takes free ports of the first half in random steps (__inet_hash_connect, net/
 * ipv4/inet_hashtables.c), so that a port waits free ports / connections per second on average, after TIME_WAIT if the
 * connection was closed here. Undefined: not known.
 */
export function portReturn(group: GroupModel): PortReturn | undefined {
  const { madePerSecond, parity, past, bindBeforeConnect, isAssumed = false } = group;
  // bind() chooses ports in another way.
  if (!isSteady(group) || madePerSecond === null || bindBeforeConnect.suspected || isAssumed)
    return undefined;
  const freeFirst = Math.max(0, parity.first.usable - parity.first.used);
  const seconds = freeFirst / madePerSecond + (past.closedShare ?? 1) * heldSeconds(group);
  // Between two ends on one machine there are no such boxes.
  const isLocal = isLoopbackGroup(group) || group.localAddress === group.remoteAddress;
  return {
    seconds,
    freeFirst,
    madePerSecond,
    isAtMost: past.isMadeLowerBound,
    remembered: isLocal ? [] : REMEMBERED_SECONDS.filter((memory) => seconds < memory),
  };
}
