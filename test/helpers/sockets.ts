import { SocketTable } from '../../src/kernel/socket-table.ts';
import type { SysctlValues } from '../../src/kernel/sysctl.ts';
import { TCP_STATES, type TcpState } from '../../src/kernel/tcp-state.ts';
import type { KernelReading } from '../../src/kernel/reading.ts';
import { sampleOf } from '../../src/model/sample/measure.ts';
import type { LeftOut } from '../../src/model/sample/listeners.ts';
import type { Sample } from '../../src/model/sample/sample.ts';
import { buildModel, type Model } from '../../src/model/model.ts';

/** One socket as a test writes it: addresses as text, IPv4 or `::1`-like IPv6. */
export interface TestSocket {
  readonly local: string;
  readonly localPort: number;
  readonly remote?: string;
  readonly remotePort?: number;
  readonly state?: TcpState;
  /** Ms left in TIME_WAIT (or in FIN_WAIT2's time-wait). */
  readonly leftMs?: number;
  /** 0, which is none, where it is left out. */
  readonly inode?: number;
  /** Of the device that it is bound to; 0, which is none, where it is left out. */
  readonly deviceIndex?: number;
  /** IP_BIND_ADDRESS_NO_PORT is set. */
  readonly bindAddressNoPort?: boolean;
}

/** The two ends of connections; of IPv6, in long addresses. */
export const IPV4 = { local: '10.0.3.7', remote: '10.0.9.21' };
export const IPV6 = {
  local: '2001:db8:aaaa:bbbb:cccc:dddd::1000',
  remote: '2001:db8:aaaa:bbbb:cccc:dddd::1001',
};

/** A table with these sockets. */
export function socketTable(sockets: readonly TestSocket[]): SocketTable {
  const table = new SocketTable();
  for (const socket of sockets) {
    const { local, localPort, remote = '', remotePort = 0, state = 'ESTABLISHED', leftMs } = socket;
    const row = table.addRow();
    const family = local.includes(':') ? 6 : 4;
    table.tuple[row] = table.tuples.numberOf(
      family,
      addressNumber(table, family, local),
      addressNumber(table, family, remote),
      remotePort,
      socket.deviceIndex ?? 0,
    );
    table.localPort[row] = localPort;
    table.state[row] = TCP_STATES.indexOf(state);
    table.timerMs[row] = leftMs ?? 0;
    table.inode[row] = socket.inode ?? 0;
    table.bindAddressNoPort[row] = socket.bindAddressNoPort === true ? 1 : 0;
  }
  return table;
}

function addressNumber(table: SocketTable, family: number, text: string): number {
  if (family === 4)
    return text === '' ? 0 : text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const [head = '', tail = ''] = text.split('::');
  const groups = (part: string) =>
    part
      .split(':')
      .filter(Boolean)
      .map((group) => Number.parseInt(group, 16));
  const [first, last] = [groups(head), groups(tail)];
  const all = [
    ...first,
    ...Array.from({ length: 8 - first.length - last.length }, () => 0),
    ...last,
  ];
  const word = (at: number) => ((all[at] ?? 0) * 65536 + (all[at + 1] ?? 0)) >>> 0;
  return table.ipv6.intern(word(0), word(2), word(4), word(6));
}

/** Sysctls of a machine with the range 40000–40099 and the kernel's defaults. */
export const SMALL_RANGE: SysctlValues = {
  'net.ipv4.ip_local_port_range': '40000 40099',
  'net.ipv4.ip_local_reserved_ports': '',
  'net.ipv4.tcp_tw_reuse': '2',
  'net.ipv4.tcp_tw_reuse_delay': '1000',
  'net.ipv4.tcp_timestamps': '1',
  'net.ipv4.tcp_max_tw_buckets': '131072',
  'net.ipv4.tcp_fin_timeout': '60',
  'net.ipv4.tcp_tw_recycle': null,
  'net.ipv4.tcp_tw_timeout': null,
  'net.ipv4.tcp_orphan_retries': '0',
  'net.ipv4.ip_unprivileged_port_start': '1024',
  'net.core.somaxconn': '4096',
};

/** A reading of these sockets at noon. */
export function reading(
  sockets: readonly TestSocket[],
  overrides: Partial<KernelReading> = {},
): KernelReading {
  return {
    takenAtMs: Date.UTC(2026, 10, 21, 12),
    place: { kind: 'here', id: 'net:4026531840', name: 'proxy-7' },
    hostname: 'proxy-7',
    kernelRelease: '6.18.44',
    source: 'procfs',
    sockets: socketTable(sockets),
    sysctls: SMALL_RANGE,
    leftOut: 0,
    counters: {},
    warnings: [],
    ...overrides,
  };
}

export function sampleOfSockets(
  sockets: readonly TestSocket[],
  overrides: Partial<KernelReading> = {},
): Sample {
  const sample = sampleOf(reading(sockets, overrides));
  return { ...sample, sampling: { ...sample.sampling, durationMs: 1.5 } };
}

export function modelOf(
  sockets: readonly TestSocket[],
  overrides: Partial<KernelReading> = {},
): Model {
  return buildModel(sampleOfSockets(sockets, overrides));
}

/**
 * `count` sockets of one group on the ports that connect() takes one after the other: those of the first
 * port's parity, then the others. `from`: 40_000 for the first of the small range, 40_001 for the second
 * to be taken, and so on; the same for the default range from 32_768 on. Ports elsewhere are consecutive.
 */
export function connections(
  count: number,
  socket: Partial<TestSocket> = {},
  from = 40_000,
): TestSocket[] {
  return Array.from({ length: count }, (_, index) => ({
    ...IPV4,
    localPort: inSearchOrder(from, index),
    remotePort: 8080,
    ...socket,
  }));
}

function inSearchOrder(from: number, index: number): number {
  const range = [
    { low: 40_000, size: 100 },
    { low: 32_768, size: 28_232 },
  ].find(({ low, size }) => from >= low && from < low + size);
  if (range === undefined) return from + index;
  const [nth, half] = [from + index - range.low, range.size / 2];
  return range.low + (nth < half ? 2 * nth : 2 * (nth - half) + 1);
}

/** The same in TIME_WAIT, closed at a steady rate in the last minute, the last one half a second ago. */
export function closedSteadily(
  count: number,
  socket: Partial<TestSocket> = {},
  from = 40_000,
): TestSocket[] {
  return connections(count, { state: 'TIME_WAIT', ...socket }, from).map((closed, index) => ({
    ...closed,
    leftMs: 59_500 - (60_000 * index) / count,
  }));
}

/** The same in TIME_WAIT with this many ms left. */
export function timeWaits(
  count: number,
  leftMs: number,
  socket: Partial<TestSocket> = {},
  firstPort = 40_000,
): TestSocket[] {
  return connections(count, { state: 'TIME_WAIT', leftMs, ...socket }, firstPort);
}

/** The same closed one after the other in the last 10 s: a rate, where `timeWaits` is one burst. */
export function closedLately(
  count: number,
  socket: Partial<TestSocket> = {},
  firstPort = 40_000,
): TestSocket[] {
  return connections(count, { state: 'TIME_WAIT', ...socket }, firstPort).map((closed, index) => ({
    ...closed,
    leftMs: 59_999 - Math.floor((index * 10_000) / count),
  }));
}

/** For `sortByTuple`: every connected row. */
export const NONE_LEFT_OUT: LeftOut = { ports: new Uint8Array(65536), has: () => false };
