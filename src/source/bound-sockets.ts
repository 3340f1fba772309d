import type { TcpCounters } from '../kernel/counters.ts';
import type { Ipv6Words } from '../kernel/ip-address.ts';
import type { SocketTable } from '../kernel/socket-table.ts';
import { BOUND_INACTIVE } from '../kernel/tcp-state.ts';
import type { Clock } from './clock.ts';

/** A socket that is bound, and neither listens nor is connected. */
interface BoundSocket {
  readonly localAddress: number | Ipv6Words;
  readonly localPort: number;
  readonly deviceIndex: number;
  readonly inode: number;
  readonly bindAddressNoPort: number;
}

/** After so long they are asked for again, whatever the counters say. */
const LONGEST_MS = 1000;

const UNSPECIFIED: Ipv6Words = [0, 0, 0, 0];

/**
 * Remembers the bound sockets of a dump. For these the kernel walks through a hash table of their own, which takes a quarter of the
 * dump (inet_diag_dump_icsk in net/ipv4/inet_diag.c), and mostly there are none. Whoever binds one has made a socket that is
 * not in the other tables: the number of those is counted.
 */
export class BoundSockets {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  #known:
    | { readonly sockets: readonly BoundSocket[]; readonly outside: number; untilMs: number }
    | undefined;

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  /** True if they need not be asked for now. `counters`: as of before the dump. */
  isKnown(counters: TcpCounters): boolean {
    const known = this.#known;
    return (
      known !== undefined &&
      known.outside === outsideTables(counters) &&
      this.#clock.monotonicMs() < known.untilMs
    );
  }

  /** Takes them from a table with the whole dump; undefined: it is not whole. `counters`: as of before the dump. */
  keep(table: SocketTable | undefined, counters: TcpCounters): void {
    const outside = outsideTables(counters);
    this.#known =
      table === undefined || outside === undefined
        ? undefined
        : { sockets: boundIn(table), outside, untilMs: this.#clock.monotonicMs() + LONGEST_MS };
  }

  /** Adds them to a table. */
  addTo(table: SocketTable): void {
    const { tuples, ipv6 } = table;
    for (const socket of this.#known?.sockets ?? []) {
      const { localAddress, deviceIndex } = socket;
      const row = table.addRow();
      table.tuple[row] =
        typeof localAddress === 'number'
          ? tuples.numberOf(4, localAddress, 0, 0, deviceIndex)
          : tuples.numberOf(
              6,
              ipv6.intern(...localAddress),
              ipv6.intern(...UNSPECIFIED),
              0,
              deviceIndex,
            );
      table.state[row] = BOUND_INACTIVE;
      table.localPort[row] = socket.localPort;
      table.timerMs[row] = 0;
      table.inode[row] = socket.inode;
      table.bindAddressNoPort[row] = socket.bindAddressNoPort;
    }
  }
}

/** Number of TCP sockets that neither listen nor are connected, and of all those in other namespaces; undefined: not known. */
function outsideTables({ allocatedNow, inUseNow }: TcpCounters): number | undefined {
  return allocatedNow === undefined || inUseNow === undefined ? undefined : allocatedNow - inUseNow;
}

function boundIn(table: SocketTable): BoundSocket[] {
  const found: BoundSocket[] = [];
  const state = table.state.subarray(0, table.length);
  for (
    let row = state.indexOf(BOUND_INACTIVE);
    row >= 0;
    row = state.indexOf(BOUND_INACTIVE, row + 1)
  ) {
    const address = table.localAddressOf(row);
    found.push({
      localAddress: table.familyOf(row) === 6 ? table.ipv6.wordsOf(address) : address,
      localPort: table.localPort[row] ?? 0,
      deviceIndex: table.deviceIndexOf(row),
      inode: table.inode[row] ?? 0,
      bindAddressNoPort: table.bindAddressNoPort[row] ?? 0,
    });
  }
  return found;
}
