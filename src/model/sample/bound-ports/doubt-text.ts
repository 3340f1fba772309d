import type { PortRange } from '../../../kernel/port-range.ts';
import { groupDigits } from '../../group-digits.ts';
import type { DoubtfulPorts } from './findings.ts';

/** Why it is uncertain whether ports are lost to a group, in a sentence. */
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
    case 'lopsided':
      return `${count} ${was} bound before connect(), or not: where hardly a port of one parity is usable, nothing tells.`;
    case 'scattered':
      return `${count} of the half that connect() takes last ${was} bound before connect(), or opened one by one while the other half was full.`;
    case 'shared':
      return `${count} of the half that connect() takes last ${was} opened while the other half was full, as others were, or bound before connect().`;
    case 'accepted':
      return `${count} ${was} a client's, or a listener's that has closed: nothing shows which end this is.`;
    case 'block':
      return `Ports ${low}–${high} were bound by number, or belong to a program with a port range of its own.`;
  }
}

/** Why a group may have fewer ports than the range, in a sentence. */
export function ownRangeText({ low, high }: PortRange): string {
  return `This group only takes ports ${low}–${high}: by number, from its own range, or from the range in force when they were opened.`;
}
