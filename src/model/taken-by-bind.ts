import { type Course, NOTHING_TAKEN } from './forecast.ts';
import type { TupleGroup } from './sample/tuple-group.ts';

/** A group whose ports bind() took before connect(), and the ports that it will use, by seconds from now. */
export interface Binder {
  readonly group: TupleGroup;
  readonly course: Course;
}

/** True if ports of the group are certainly lost to every other destination. */
export function isBinder({ bindBeforeConnect, used }: TupleGroup): boolean {
  return bindBeforeConnect.certain && used > 0;
}

/**
 * How many more ports bind() of the other groups will have taken from a group by a moment, in seconds from now; below 0: they
 * have given ports back. A bound port is lost to all destinations until its socket ends, TIME_WAIT included: connect()
 * passes over it (net/ipv4/inet_hashtables.c, __inet_hash_connect). Groups take no more ports than are free for them.
 */
export function takenByBind(binders: readonly Binder[]): (group: TupleGroup) => Course {
  if (binders.length === 0) return () => NOTHING_TAKEN;
  const taken = new Map<string, Course>(
    binders.map(({ group, course }) => [group.key, moreBound(group, course)]),
  );
  const sums = new Map<number, number>();
  const sumAt = (seconds: number) => {
    const known = sums.get(seconds);
    if (known !== undefined) return known;
    let sum = 0;
    for (const more of taken.values()) sum += more(seconds);
    sums.set(seconds, sum);
    return sum;
  };
  return ({ key }) => {
    const own = taken.get(key) ?? NOTHING_TAKEN;
    // Summed once for all groups: there may be thousands of them.
    return (seconds) => sumAt(seconds) - own(seconds);
  };
}

/** By how much the ports that a group holds by bind() will have increased, from now to a moment. */
function moreBound({ used, free, bindBeforeConnect }: TupleGroup, course: Course): Course {
  const share = Math.min(1, bindBeforeConnect.ports / used);
  return (seconds) => share * Math.min(Math.max(0, free), course(seconds) - used);
}
