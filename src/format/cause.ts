import type { Cause, Pressure } from '../model/advice/cause.ts';
import { formatCount } from './units.ts';

/** What holds ports, in words. */
const HOLDERS: Readonly<Record<Cause, string>> = {
  CLOSE_WAIT: 'connections that the peer closed and the program did not (CLOSE_WAIT)',
  SYN_SENT: 'connections that are not answered (SYN_SENT)',
  FIN_WAIT2: 'closed connections whose peer did not close (FIN_WAIT2)',
  unacknowledged:
    'closed connections whose peer does not acknowledge (FIN_WAIT1, LAST_ACK, CLOSING)',
  bind: 'bind() before connect(), which takes a port from every destination',
  TIME_WAIT: 'closed connections in TIME_WAIT',
  live: 'connections in use',
};

/** "closed connections in TIME_WAIT hold 80 of the 100 ports taken"; "no port is taken" where none is. */
export function causeText({ cause, ports, taken }: Pressure): string {
  if (taken === 0) return 'no port is taken';
  return `${HOLDERS[cause]} hold ${formatCount(ports[cause])} of the ${formatCount(taken)} ports taken`;
}

/** The other holders, the largest first: "connections in use 20". */
export function otherCauses({ cause, ports }: Pressure): string[] {
  return (Object.keys(ports) as Cause[])
    .filter((other) => other !== cause && ports[other] > 0)
    .toSorted((a, b) => ports[b] - ports[a])
    .map((other) => `${HOLDERS[other]} ${formatCount(ports[other])}`);
}
