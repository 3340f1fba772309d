import type { ByteOrder } from './proc-net-tcp.ts';

// linux/inet_diag.h: struct inet_diag_bc_op { u8 code; u8 yes; u16 no; }. `yes` and `no` say how many bytes
// to go on. A port to compare with is the `no` of a second such struct behind the first.
const OP_BYTES = 4;
const JUMP = 1;
const SOURCE_PORT_EQUALS = 11;
const BYTES_PER_PORT = 3 * OP_BYTES;

/** Most ports to filter by: the program runs on every socket. */
export const MOST_FILTERED_PORTS = 64;

/**
 * A program for sock_diag that leaves out the sockets on these local ports (inet_diag_bc_run in
 * net/ipv4/inet_diag.c: a program that ends exactly at its end lets a socket pass, one that jumps four
 * bytes further leaves it out). Undefined where there is nothing to leave out.
 */
export function leaveOutPorts(
  ports: readonly number[],
  byteOrder: ByteOrder,
): Uint8Array<ArrayBuffer> | undefined {
  const filtered = ports.slice(0, MOST_FILTERED_PORTS);
  if (filtered.length === 0) return undefined;
  const view = new DataView(new ArrayBuffer(filtered.length * BYTES_PER_PORT));
  const put = (at: number, code: number, yes: number, no: number) => {
    view.setUint8(at, code);
    view.setUint8(at + 1, yes);
    view.setUint16(at + 2, no, byteOrder === 'LE');
  };
  filtered.forEach((port, index) => {
    const at = index * BYTES_PER_PORT;
    // `yes` is a byte and may not reach the end, so that the way out is a jump, which has two bytes.
    put(at, SOURCE_PORT_EQUALS, 2 * OP_BYTES, 3 * OP_BYTES);
    put(at + OP_BYTES, 0, 0, port);
    put(at + 2 * OP_BYTES, JUMP, OP_BYTES, view.byteLength - (at + 2 * OP_BYTES) + OP_BYTES);
  });
  return new Uint8Array(view.buffer);
}
