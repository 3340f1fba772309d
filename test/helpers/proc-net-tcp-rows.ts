import { ProcNetTcpParser, type ProcNetTcpOptions } from '../../src/kernel/proc-net-tcp.ts';
import { SocketTable } from '../../src/kernel/socket-table.ts';

/** A row as the kernel has it; addresses are 32-bit words in network order, one for IPv4, four for IPv6. */
export interface KernelRow {
  readonly sl: number;
  readonly local: readonly number[];
  readonly localPort: number;
  readonly remote: readonly number[];
  readonly remotePort: number;
  readonly state: number;
  readonly timer: number;
  readonly ticks: number;
  readonly uid: number;
  readonly inode: number;
}

/** What the kernel prints first; the parser skips it. */
export const HEADER =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';

const hex = (value: number, digits: number) =>
  value.toString(16).toUpperCase().padStart(digits, '0');

/** The kernel prints the memory of an address word by word, as numbers of the machine. */
function printedAddress(words: readonly number[], byteOrder: 'LE' | 'BE'): string {
  const bytes = new DataView(new ArrayBuffer(4));
  return words
    .map((word) => {
      bytes.setUint32(0, word);
      return hex(bytes.getUint32(0, byteOrder === 'LE'), 8);
    })
    .join('');
}

/**
 * Prints a row with the formats of get_tcp4_sock() and get_timewait4_sock() in net/ipv4/tcp_ipv4.c, and
 * of their like in net/ipv6/tcp_ipv6.c; only IPv4 rows are padded to 149 columns (tcp4_seq_show).
 */
export function printRow(row: KernelRow, byteOrder: 'LE' | 'BE' = 'LE'): string {
  const local = `${printedAddress(row.local, byteOrder)}:${hex(row.localPort, 4)}`;
  const remote = `${printedAddress(row.remote, byteOrder)}:${hex(row.remotePort, 4)}`;
  const tail = row.timer === 3 ? '3 00000000a06c5b64' : '1 000000000696e437 20 0 0 10 -1';
  const text =
    `${String(row.sl).padStart(4)}: ${local} ${remote} ${hex(row.state, 2)} 00000000:00000001 ` +
    `${hex(row.timer, 2)}:${hex(row.ticks, 8)} 00000000 ${String(row.uid).padStart(5)} ` +
    `${'0'.padStart(8)} ${row.inode} ${tail}`;
  return `${row.local.length === 1 ? text.padEnd(149) : text}\n`;
}

/** A row of an IPv4 connection; a test gives what it is about. */
export function ipv4Row(given: Partial<KernelRow> = {}): KernelRow {
  return {
    sl: 0,
    local: [0x0a000307],
    localPort: 40_000,
    remote: [0x0a000915],
    remotePort: 8080,
    state: 1,
    timer: 0,
    ticks: 0,
    uid: 0,
    inode: 1_415_376,
    ...given,
  };
}

/** Parses a whole file at once, or in pieces that end at the given offsets. */
export function parseFile(
  content: string | Uint8Array,
  options: Partial<ProcNetTcpOptions> = {},
  cuts: readonly number[] = [],
): { table: SocketTable; parser: ProcNetTcpParser } {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
  const table = new SocketTable();
  const defaults = { file: '/proc/net/tcp', family: 4, byteOrder: 'LE' } as const;
  const parser = new ProcNetTcpParser({ ...defaults, ...options }, table);
  let start = 0;
  for (const end of [...cuts, bytes.length]) start = parser.push(bytes, start, end);
  parser.finish(bytes, start, bytes.length);
  return { table, parser };
}

/** A table's row in words. */
export function rowOf(table: SocketTable, row: number) {
  const family = table.familyOf(row);
  return {
    family,
    local: `${table.addressText(family, table.localAddressOf(row))} ${table.localPort[row]}`,
    remote: `${table.addressText(family, table.remoteAddressOf(row))} ${table.remotePortOf(row)}`,
    state: table.state[row],
    timerMs: table.timerMs[row],
    inode: table.inode[row],
  };
}

/** What only sock_diag tells of a table's row. */
export function optionsOf(table: SocketTable, row: number) {
  return {
    bindAddressNoPort: table.bindAddressNoPort[row],
    deviceIndex: table.deviceIndexOf(row),
  };
}

/** All rows of a table in words. */
export function rowsOf(table: SocketTable): ReturnType<typeof rowOf>[] {
  return Array.from({ length: table.length }, (_, row) => rowOf(table, row));
}
