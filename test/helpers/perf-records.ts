import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTraceFormat } from '../../src/kernel/trace-format.ts';

/** The format of sock:inet_sock_set_state as Linux 6.18 has it. */
export const FORMAT_PATH = join(
  import.meta.dirname,
  '../fixtures/trace/inet_sock_set_state.format',
);
export const FORMAT_TEXT = readFileSync(FORMAT_PATH, 'utf8');
export const FORMAT = parseTraceFormat(FORMAT_TEXT, FORMAT_PATH);

/** perf_event_header.type, as in linux/perf_event.h. */
export const PERF_RECORD = { LOST: 2, COMM: 3, THROTTLE: 5, UNTHROTTLE: 6, SAMPLE: 9 } as const;

/** A refused connect() as a test writes it; addresses are 32-bit words in network order. */
export interface RefusedConnect {
  readonly pid?: number;
  readonly timeNs?: bigint;
  readonly family?: number;
  readonly local?: readonly number[];
  readonly remote?: readonly number[];
  readonly port?: number;
  readonly format?: typeof FORMAT;
}

/** A record of any type around a payload. */
export function perfRecord(type: number, payload: Uint8Array = new Uint8Array(16)): Uint8Array {
  const bytes = new Uint8Array(8 + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint16(6, bytes.length, true);
  bytes.set(payload, 8);
  return bytes;
}

/** A PERF_RECORD_SAMPLE as perf_output_sample() writes it: 104 bytes with the format of Linux 6.18. */
export function refusalRecord(connect: RefusedConnect = {}): Uint8Array {
  const { fields, minimumBytes } = connect.format ?? FORMAT;
  // With its own size in front, the raw data ends on a multiple of eight.
  const rawBytes = Math.ceil((4 + minimumBytes) / 8) * 8 - 4;
  const payload = new Uint8Array(20 + rawBytes);
  const view = new DataView(payload.buffer);
  view.setInt32(0, connect.pid ?? 812, true);
  view.setBigUint64(8, connect.timeNs ?? 7n, true);
  view.setUint32(16, rawBytes, true);
  const { local = [0x0a000307], remote = [0x0a000915] } = connect;
  view.setUint16(20 + fields.family.offset, connect.family ?? 2, true);
  view.setUint16(20 + fields.dport.offset, connect.port ?? 8080, true);
  const isIpv6 = remote.length === 4;
  const [saddr, daddr] = isIpv6 ? [fields.saddr_v6, fields.daddr_v6] : [fields.saddr, fields.daddr];
  local.forEach((word, at) => view.setUint32(20 + saddr.offset + at * 4, word));
  remote.forEach((word, at) => view.setUint32(20 + daddr.offset + at * 4, word));
  return perfRecord(PERF_RECORD.SAMPLE, payload);
}

/** What {@link refusalRecord} says by default. */
export const REFUSAL = {
  pid: 812,
  family: 4,
  localAddress: '10.0.3.7',
  remoteAddress: '10.0.9.21',
  remotePort: 8080,
  timeNs: 7,
} as const;

/** A ring with these records from `from` on, wrapped around its end; `to` is where they end. */
export function perfRing(records: readonly Uint8Array[], from = 0, size = 4096) {
  const data = new Uint8Array(size);
  let to = from;
  for (const byte of records.flatMap((record) => [...record])) data[to++ % size] = byte;
  return { data, from, to };
}
