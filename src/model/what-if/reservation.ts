import type { PortRange } from '../../kernel/port-range.ts';
import { portSettings } from '../sample/port-space.ts';
import type { Sample } from '../sample/sample.ts';
import { reservedInFullRange } from '../sample/full-range.ts';

/** Reserved ports under another range: those of now, and services that only the new range would endanger. */
export function reservedUnder(
  sample: Sample,
  range: PortRange,
): { readonly reserved: readonly PortRange[]; readonly added: boolean } {
  const { range: before, reserved } = portSettings(sample.sysctls);
  const isReserved = new Set(eachPort(reserved));
  const isIn = (port: number, { low, high }: PortRange) => port >= low && port <= high;
  const added = [...eachPort(reservedInFullRange([], sample.listeningPorts))].filter(
    (port) => isIn(port, range) && !isIn(port, before) && !isReserved.has(port),
  );
  return {
    reserved: [...reserved, ...added.map((port) => ({ low: port, high: port }))],
    added: added.length > 0,
  };
}

/** The ports of ranges, one by one. */
export function* eachPort(ranges: readonly PortRange[]): Generator<number> {
  for (const { low, high } of ranges) for (let port = low; port <= high; port++) yield port;
}
