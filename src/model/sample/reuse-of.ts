import type { SocketTable } from '../../kernel/socket-table.ts';
import { isOwnMachine } from './addresses.ts';
import type { PeerTimestamps } from './peer-timestamps.ts';
import type { ReuseCheck } from './reuse-check.ts';

/** Evidence against reuse for one tuple. Its own connections count more than the counters of the whole machine. */
export function reuseOf(
  sockets: SocketTable,
  row: number,
  peer: PeerTimestamps | undefined,
  counted: ReuseCheck | undefined,
): ReuseCheck | undefined {
  if (peer !== undefined && peer.having < peer.asked) {
    const works = peer.having === 0 ? false : undefined;
    return { works, evidence: 'timestamps', expected: peer.asked, seen: peer.having };
  }
  // The counters of the whole machine prove less than timestamps. Both ends on this machine have them.
  return peer !== undefined || isOwnMachine(sockets, row) ? undefined : counted;
}
