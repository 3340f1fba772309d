import type { PortMap } from '../port-space.ts';
import { type BoundPorts, MAYBE_BOUND, PASSING } from './findings.ts';

/** The bound ports, with those of sockets that may be accepted ones: those keep the bucket that their listener bound. */
export function withMaybeAccepted(
  bound: BoundPorts,
  { maybeAccepted, portMap }: { maybeAccepted: ReadonlySet<number>; portMap: PortMap },
): BoundPorts {
  const added = [...maybeAccepted].filter((port) => portMap[port] === 0 && bound.marks[port] === 0);
  if (added.length === 0) return bound;
  const marks = bound.marks.slice();
  const weights = bound.weights.slice();
  for (const port of added) {
    marks[port] = MAYBE_BOUND;
    weights[port] = PASSING;
  }
  const [inFull, passing, unsupported] = bound.possible;
  const low = added.reduce((least, port) => Math.min(least, port));
  const high = added.reduce((most, port) => Math.max(most, port));
  return {
    marks,
    certain: bound.certain,
    sure: bound.sure,
    connecting: bound.connecting,
    backed: bound.backed,
    unlikeRush: bound.unlikeRush,
    possible: [inFull, passing + added.length, unsupported],
    weights,
    doubts: [...bound.doubts, { doubt: 'accepted', ports: added.length, low, high }],
    of: (tuple) => bound.of(tuple),
  };
}
