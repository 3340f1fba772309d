import type { PortRange } from '../../kernel/port-range.ts';

/** The marks of each port; see PortMap. */
type Marks = Uint8Array;

/** So many are remembered: what goes by the range, by the widest one, and by what lies between them. */
const MOST_KEPT = 3;

/**
 * Computes what depends on a range and its port map alone, and keeps it as long as they come again: from sample to sample
 * they are mostly the same, and a walk through 65,536 ports takes longer than that through a thousand sockets.
 */
export function keptByMap<Value>(
  compute: (range: PortRange, map: Marks) => Value,
): (range: PortRange, map: Marks) => Value {
  let kept: { readonly range: PortRange; readonly map: Marks; readonly value: Value }[] = [];
  return (range, map) => {
    const { low, high } = range;
    const found = kept.find(
      (each) =>
        each.range.low === low && each.range.high === high && Buffer.compare(each.map, map) === 0,
    );
    if (found !== undefined) return found.value;
    const own = map.slice();
    const value = compute({ low, high }, own);
    kept = [{ range: { low, high }, map: own, value }, ...kept].slice(0, MOST_KEPT);
    return value;
  };
}
