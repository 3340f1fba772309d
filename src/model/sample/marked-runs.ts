import type { PortRange } from '../../kernel/port-range.ts';

/** All ports. */
export const ANY_PORT: PortRange = { low: 0, high: 65535 };

/**
 * The rows of marked ports within a range, from the lowest to the highest. Goes on four ports at a time: port by port, this
 * takes longer than all else that a program does which looks only once.
 */
export function markedRuns(marks: Readonly<Uint8Array>, { low, high }: PortRange): PortRange[] {
  const fours = new Uint32Array(marks.buffer, marks.byteOffset, marks.length >> 2);
  const runs: PortRange[] = [];
  let start = -1;
  for (let port = low; port <= high + 1; port++) {
    if ((port & 3) === 0 && port + 3 <= high) {
      const four = fours[port >> 2] ?? 0;
      if (start < 0 ? four === 0 : areAllMarked(four)) {
        port += 3;
        continue;
      }
    }
    const isMarked = port <= high && marks[port] !== 0;
    if (isMarked && start < 0) start = port;
    if (isMarked || start < 0) continue;
    runs.push({ low: start, high: port - 1 });
    start = -1;
  }
  return runs;
}

/** True if no byte is 0: of such a one alone, 1 less sets the highest bit where it was not set. */
function areAllMarked(four: number): boolean {
  return ((four - 0x01010101) & ~four & 0x80808080) === 0;
}
