/**
 * How far apart connect() takes ports of an own range (IP_LOCAL_PORT_RANGE) at most: get_random_u32_below(8) times its step,
 * which is 1 there, and the step itself (__inet_hash_connect in net/ipv4/inet_hashtables.c).
 */
export const LONGEST_OWN_STEP = 8;

/** Others are opened between two of the own range; and each CPU numbers its sockets from a block of its own. */
export const NEIGHBOURS = 2;

/** Ports of the second half, without those of sockets with IP_BIND_ADDRESS_NO_PORT, that lie a step of an own range from others. */
export interface PortsBeside {
  /** From any other port of the group, either way round. */
  readonly any: number;
  /** From that of a live socket opened just before or after. */
  readonly inTurn: number;
}

/** Counts them among these; `ports`: all of the group's, `started`: those of live sockets in the order of their starts. */
export function portsBeside(
  second: readonly number[],
  ports: readonly number[],
  started: readonly number[],
): PortsBeside {
  const isBeside = (one: number, other: number) =>
    one !== other && Math.abs(one - other) <= LONGEST_OWN_STEP;
  let [any, inTurn] = [0, 0];
  for (const port of second) {
    if (ports.some((other) => isBeside(port, other))) any++;
    const at = started.indexOf(port);
    const near = at < 0 ? [] : started.slice(Math.max(0, at - NEIGHBOURS), at + NEIGHBOURS + 1);
    if (near.some((other) => isBeside(port, other))) inTurn++;
  }
  return { any, inTurn };
}
