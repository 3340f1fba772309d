/**
 * TCP states by the kernel's number (include/net/tcp_states.h). NEW_SYN_RECV is printed as SYN_RECV
 * by /proc/net/tcp; BOUND_INACTIVE exists only in sock_diag (Linux 6.8 and newer).
 */
export const TCP_STATES = [
  undefined,
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT1',
  'FIN_WAIT2',
  'TIME_WAIT',
  'CLOSE',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'CLOSING',
  'NEW_SYN_RECV',
  'BOUND_INACTIVE',
] as const;

/** A TCP state by the kernel's own name. */
export type TcpState = Exclude<(typeof TCP_STATES)[number], undefined>;

/** How many sockets are in each state; a state nobody is in is left out. */
export type StateCounts = Partial<Record<TcpState, number>>;

export const TCP_STATE_COUNT = TCP_STATES.length;

/** The numbers that the hot path compares against. */
export const ESTABLISHED = 1;
export const SYN_SENT = 2;
export const FIN_WAIT2 = 5;
export const TIME_WAIT = 6;
export const CLOSE = 7;
export const CLOSE_WAIT = 8;
export const LISTEN = 10;
export const BOUND_INACTIVE = 13;

/** Turns counts indexed by the kernel's state number into counts by name. */
export function namedStateCounts(countByNumber: ArrayLike<number>): StateCounts {
  const named: StateCounts = {};
  TCP_STATES.forEach((name, number) => {
    const count = countByNumber[number] ?? 0;
    if (name !== undefined && count > 0) named[name] = count;
  });
  return named;
}
