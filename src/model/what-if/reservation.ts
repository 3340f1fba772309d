import type { PortRange } from '../../kernel/port-range.ts';
import { portsToReserve } from '../sample/full-range.ts';
import { portSettings } from '../sample/port-space.ts';
import type { Sample } from '../sample/sample.ts';

/** Reserved ports under another range: the present ones, and those of services that only the new range endangers. */
export function reservedUnder(
  sample: Sample,
  range: PortRange,
): { readonly reserved: readonly PortRange[]; readonly added: readonly PortRange[] } {
  const { range: before, reserved } = portSettings(sample.sysctls);
  const isIn = (port: number, { low, high }: PortRange) => port >= low && port <= high;
  const added = [...eachPort(portsToReserve(reserved, sample))]
    .filter((port) => isIn(port, range) && !isIn(port, before))
    .map((port) => ({ low: port, high: port }));
  return { reserved, added };
}

/** The ports of ranges, one by one. */
function* eachPort(ranges: readonly PortRange[]): Generator<number> {
  for (const { low, high } of ranges) for (let port = low; port <= high; port++) yield port;
}
