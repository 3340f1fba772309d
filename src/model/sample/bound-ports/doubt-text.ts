import type { PortRange } from '../../../kernel/port-range.ts';
import { groupDigits } from '../../group-digits.ts';
import type { DoubtfulPorts } from './findings.ts';

/** Why ports may be lost to a group or not, in a sentence. */
export function doubtText({ doubt, ports, low, high }: DoubtfulPorts): string {
  const count = ports === 1 ? '1 port' : `${groupDigits(ports)} ports`;
  const was = ports === 1 ? 'was' : 'were';
  switch (doubt) {
    case 'rush':
      return `${count} of the half that connect() takes last ${was} bound before connect(), or opened while the other half was full.`;
    case 'closed-rush':
      return `${count} in TIME_WAIT ${was} bound before connect(), or opened while the other half of the range was full.`;
    case 'overflow':
      return `bind() before connect() has used up its half of the range, and may hold ${count} of the other half.`;
    case 'block':
      return `Ports ${low}–${high} were bound by number, or belong to a program with a port range of its own.`;
  }
}

/** Why a group itself may have fewer ports than the range has. */
export function ownRangeText({ low, high }: PortRange): string {
  return `This group takes ports ${low}–${high} only: by number, from a range of its own, or as the range was when they were opened.`;
}
