import { formatIpv4, formatIpv6, Ipv6Interner, isMappedIpv4 } from './ip-address.ts';

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
  // Known from sock_diag only; 0 if not known.
  /** 1: IP_BIND_ADDRESS_NO_PORT is set, so bind() to port 0 did not choose the port. Not known for TIME_WAIT. */
  bindAddressNoPort = new Uint8Array(FIRST_CAPACITY);
  /** 1: IP_TRANSPARENT is set, or inherited from such a listener. Not known for TIME_WAIT. */
  transparent = new Uint8Array(FIRST_CAPACITY);
  /** The number of the device that the socket is bound to, by SO_BINDTODEVICE or a link-local address; 0: none. */
  deviceIndex = new Uint32Array(FIRST_CAPACITY);
  readonly ipv6 = new Ipv6Interner();

  /** Forgets all rows and addresses; the memory is kept. */
  clear(): void {
    this.length = 0;
    this.ipv6.clear();
  }

  /** Makes room for one row at the end and returns its index; the caller fills every column but those of sock_diag. */
  addRow(): number {
    this.reserve(this.length + 1);
    const row = this.length++;
    this.bindAddressNoPort[row] = 0;
    this.transparent[row] = 0;
    this.deviceIndex[row] = 0;
    return row;
  }

  /** Makes room for so many rows in all. */
  reserve(rows: number): void {
    while (rows > this.family.length) this.#grow();
  }

  /** Fills a row's family and addresses; IPv4, as numbers with the first byte most significant. */
  setIpv4(row: number, local: number, remote: number): void {
    this.family[row] = 4;
    this.localAddress[row] = local;
    this.remoteAddress[row] = remote;
  }

  /**
   * Fills a row's family and addresses from eight 32-bit words in network order: four of the local
   * address, four of the remote one. An IPv4-mapped socket becomes an IPv4 one.
   */
  setIpv6(row: number, words: Uint32Array): void {
    const word = (at: number) => words[at] ?? 0;
    if (isMappedIpv4(words)) {
      // Both ends are of one family, but a mapped listener's remote end is ::, not ::ffff:0.0.0.0.
      this.setIpv4(row, word(3), isMappedIpv4(words, 4) ? word(7) : 0);
    } else {
      this.family[row] = 6;
      this.localAddress[row] = this.ipv6.intern(word(0), word(1), word(2), word(3));
      this.remoteAddress[row] = this.ipv6.intern(word(4), word(5), word(6), word(7));
    }
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
    this.bindAddressNoPort = enlarged(this.bindAddressNoPort, new Uint8Array(capacity));
    this.transparent = enlarged(this.transparent, new Uint8Array(capacity));
    this.deviceIndex = enlarged(this.deviceIndex, new Uint32Array(capacity));
  }
}

function enlarged<T extends Uint8Array | Uint16Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
