import { ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InetDiagParser } from '../../src/kernel/inet-diag.ts';
import { timestampsAnswer } from '../../src/kernel/inet-diag-info.ts';
import type { IpFamily } from '../../src/kernel/ip-address.ts';
import { parsePerfRecords } from '../../src/kernel/perf-ring.ts';
import { ProcNetTcpParser } from '../../src/kernel/proc-net-tcp.ts';
import { SocketTable } from '../../src/kernel/socket-table.ts';
import { TCP_STATE_COUNT } from '../../src/kernel/tcp-state.ts';
import { parseTraceFormat, type TraceFormat } from '../../src/kernel/trace-format.ts';

/** A file of test/fixtures. */
export function recorded(path: string): Buffer {
  return readFileSync(join(import.meta.dirname, '../../test/fixtures', path));
}

/** The `nlmsg_seq` of the recorded dumps. */
const SEQUENCES = { 4: 4, 6: 6 } as const;

/** Parses a dump of sock_diag, in one datagram. */
export function dumpOf(input: Buffer, family: 4 | 6): void {
  const table = new SocketTable();
  const parser = new InetDiagParser({ sequence: SEQUENCES[family], byteOrder: 'LE' }, table);
  parser.push(input, input.length);
  isTable(table);
}

/** Parses /proc/net/tcp or tcp6, and the same in pieces. */
export function procNetTcpRows(input: Buffer, family: IpFamily): void {
  const rows = [input.length, 256].map((pieceBytes) => {
    const table = new SocketTable();
    const parser = new ProcNetTcpParser({ file: 'tcp', family, byteOrder: 'LE' }, table);
    let from = 0;
    for (let end = 0; end < input.length;) {
      end = Math.min(input.length, end + pieceBytes);
      from = parser.push(input, from, end);
    }
    parser.finish(input, from, input.length);
    isTable(table);
    return table.length + parser.malformedRows;
  });
  ok(rows[0] === rows[1], `${rows.join(' and ')} rows`);
}

function isTable(table: SocketTable): void {
  for (let row = 0; row < table.length; row++) {
    const family = table.familyOf(row);
    ok((table.tuple[row] ?? 0) < table.tuples.count);
    ok((table.state[row] ?? 0) < TCP_STATE_COUNT);
    ok((table.timerMs[row] ?? 0) >= 0);
    table.addressText(family, table.localAddressOf(row));
    table.addressText(family, table.remoteAddressOf(row));
  }
}

/** Looks for timestamps in an answer about one socket. */
export function tcpInfoAnswer(input: Buffer): void {
  const port = input.length < 24 ? 0 : input.readUInt16BE(22);
  timestampsAnswer({ sequence: SEQUENCES[4], byteOrder: 'LE' }, port, input, input.length);
}

export const PERF_FORMAT = parseTraceFormat(
  recorded('trace/inet_sock_set_state.format').toString(),
  'format',
);

/** A PERF_RECORD_SAMPLE of a refused connect(), then records of other types (perf_output_sample). */
export const PERF_SEED = perfSeed();

function perfSeed(): Buffer {
  const sample = Buffer.alloc(104);
  sample.writeUInt32LE(9, 0);
  sample.writeUInt16LE(sample.length, 6);
  sample.writeUInt32LE(812, 8);
  sample.writeUInt32LE(76, 24);
  sample.writeUInt16LE(2, 28 + PERF_FORMAT.fields.family.offset);
  const lost = Buffer.alloc(24);
  lost.writeUInt32LE(2, 0);
  lost.writeUInt16LE(lost.length, 6);
  return Buffer.concat([sample, lost, sample]);
}

/** Parses the records of a perf ring that wraps around. */
export function perfRecords(input: Uint8Array, format: TraceFormat): void {
  const size = 2 ** Math.ceil(Math.log2(input.length + 1));
  const ring = new Uint8Array(size);
  const from = size - 8;
  input.forEach((byte, at) => (ring[(from + at) % size] = byte));
  const { refusals } = parsePerfRecords(ring, from, from + input.length, format);
  for (const { remotePort, localAddress, timeNs } of refusals) {
    ok(remotePort >= 0 && remotePort <= 65_535);
    ok(/^[\da-f.:]+$/.test(localAddress));
    ok(timeNs >= 0);
  }
}
