import fc from 'fast-check';
import { expect, it } from 'vitest';
import { leaveOutPorts, MOST_FILTERED_PORTS } from '../../src/kernel/inet-diag-filter.ts';

/** What inet_diag_bc_run() in net/ipv4/inet_diag.c does with the two kinds of instruction that are used. */
function passes(program: Uint8Array, sourcePort: number): boolean {
  const view = new DataView(program.buffer);
  let at = 0;
  let left = program.length;
  while (left > 0) {
    const [code, yes, no] = [
      view.getUint8(at),
      view.getUint8(at + 1),
      view.getUint16(at + 2, true),
    ];
    const isMet = code === 11 && sourcePort === view.getUint16(at + 6, true);
    const step = code === 11 && isMet ? yes : no;
    // inet_diag_bc_audit() refuses anything else.
    expect(step % 4 === 0 && step >= 4 && step <= left + 4).toBe(true);
    at += step;
    left -= step;
  }
  return left === 0;
}

const ports = fc.integer({ min: 1, max: 65_535 });

it('leaves out the sockets on these ports, and no others', () => {
  const drawn = fc.uniqueArray(ports, { minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(drawn, fc.array(ports), (listed, others) => {
      const program = leaveOutPorts(listed, 'LE') ?? new Uint8Array(0);
      const filtered = new Set(listed.slice(0, MOST_FILTERED_PORTS));
      for (const port of [...listed, ...others])
        expect(passes(program, port)).toBe(!filtered.has(port));
    }),
  );
});

it('is none where there is nothing to leave out', () => {
  expect(leaveOutPorts([], 'LE')).toBeUndefined();
});
