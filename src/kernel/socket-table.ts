import { formatIpv4, formatIpv6, Ipv6Interner } from './ip-address.ts';

/** Which timer a socket waits on: the `tr` column of /proc/net/tcp and `idiag_timer` of sock_diag. */
export const TIME_WAIT_TIMER = 3;

const FIRST_CAPACITY = 4096;

/**
 * Every TCP socket of one sample, a column per field. The columns grow and are reused from sample to
 * sample, so that reading a row allocates nothing. Rows 0 … length-1 are valid.
 *
 * An IPv4 address (mapped ones included) is its 32-bit number, first byte most significant; an IPv6
 * address is its number in `ipv6`. `family` tells which.
 */
export class SocketTable {
  length = 0;
  family = new Uint8Array(FIRST_CAPACITY);
  state = new Uint8Array(FIRST_CAPACITY);
  timer = new Uint8Array(FIRST_CAPACITY);
  localPort = new Uint16Array(FIRST_CAPACITY);
  remotePort = new Uint16Array(FIRST_CAPACITY);
  localAddress = new Uint32Array(FIRST_CAPACITY);
  remoteAddress = new Uint32Array(FIRST_CAPACITY);
  /** Milliseconds until `timer` fires. */
  timerMs = new Uint32Array(FIRST_CAPACITY);
  /** 0 where the kernel shows none (TIME_WAIT). */
  inode = new Uint32Array(FIRST_CAPACITY);
  readonly ipv6 = new Ipv6Interner();

  /** Forgets all rows and addresses; the memory is kept. */
  clear(): void {
    this.length = 0;
    this.ipv6.clear();
  }

  /** Makes room for one row at the end and returns its index; the caller fills every column. */
  addRow(): number {
    if (this.length === this.family.length) this.#grow();
    return this.length++;
  }

  /** An address column's value as text: dotted IPv4, or RFC 5952 IPv6. */
  addressText(family: number, address: number): string {
    return family === 4 ? formatIpv4(address) : formatIpv6(this.ipv6.wordsOf(address));
  }

  #grow(): void {
    const capacity = this.family.length * 2;
    this.family = enlarged(this.family, new Uint8Array(capacity));
    this.state = enlarged(this.state, new Uint8Array(capacity));
    this.timer = enlarged(this.timer, new Uint8Array(capacity));
    this.localPort = enlarged(this.localPort, new Uint16Array(capacity));
    this.remotePort = enlarged(this.remotePort, new Uint16Array(capacity));
    this.localAddress = enlarged(this.localAddress, new Uint32Array(capacity));
    this.remoteAddress = enlarged(this.remoteAddress, new Uint32Array(capacity));
    this.timerMs = enlarged(this.timerMs, new Uint32Array(capacity));
    this.inode = enlarged(this.inode, new Uint32Array(capacity));
  }
}

function enlarged<T extends Uint8Array | Uint16Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
