import type { TcpCounters } from '../../kernel/counters.ts';
import type { SocketTable } from '../../kernel/socket-table.ts';
import { isOwnMachine } from './addresses.ts';
import type { PeerTimestamps } from './peer-timestamps.ts';
import type { ReuseCheck } from './reuse-check.ts';

/**
 * Evidence against reuse for one tuple, by the timestamps of its own service's connections (`peer`), the counters, and those
 * of all services of its peer's address (`address`). Its own connections count more than the counters of the whole machine.
 */
export function reuseOf(
  sockets: SocketTable,
  row: number,
  { peer, address }: { peer: PeerTimestamps | undefined; address: PeerTimestamps | undefined },
  counted: ReuseCheck | undefined,
): ReuseCheck | undefined {
  if (peer !== undefined && peer.having < peer.asked) {
    const works = peer.having === 0 ? false : undefined;
    return { works, evidence: 'timestamps', expected: peer.asked, seen: peer.having };
  }
  // The counters of the whole machine prove less than timestamps. Both ends on this machine have them.
  if (peer !== undefined || isOwnMachine(sockets, row)) return undefined;
  if (counted !== undefined || address === undefined || address.having === address.asked)
    return counted;
  // Another service of the same address is probably the same machine.
  return {
    works: undefined,
    evidence: 'timestamps',
    expected: address.asked,
    seen: address.having,
  };
}

/**
 * True if something shows that connect() takes TIME_WAIT of a tuple over: both ends are on this machine, live connections of
 * its peer have timestamps, or the machine has taken over some. Not known counts as shown.
 */
export function isReuseShown(
  sockets: SocketTable,
  row: number,
  { peer, address }: { peer: PeerTimestamps | undefined; address: PeerTimestamps | undefined },
  { timeWaitReused }: TcpCounters,
): boolean {
  return (
    timeWaitReused !== 0 ||
    peer !== undefined ||
    address !== undefined ||
    isOwnMachine(sockets, row)
  );
}
