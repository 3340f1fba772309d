import { groupDigits } from '../group-digits.ts';
import { headroomPercent } from '../sample/headroom.ts';
import type { Severity } from '../severity.ts';
import { atMost, type Rule, type Situation } from './advice.ts';
import { portsLostToBind } from './cause.ts';
import { bindConfig } from './client-config.ts';

/** Shares of the group's ports from which on what bind() costs is worth a warning, and is as bad as what it does to the group. */
const WARNING_SHARE = 0.01;
const SEVERE_SHARE = 0.1;

/** By what it costs the group, and never above the group's own. */
function severityOf(lost: number, { group, pressure }: Situation): Severity {
  const share = lost / Math.max(1, group.usable + lost);
  if (share < WARNING_SHARE) return 'info';
  const isSevere = share >= SEVERE_SHARE || pressure.cause === 'bind';
  return isSevere ? group.severity : atMost('warning', group.severity);
}

/** Groups that are named; the others are counted. */
const NAMED_GROUPS = 3;

/** Suggests IP_BIND_ADDRESS_NO_PORT where ports seem to be taken by bind() before connect(). */
export const bindAddressNoPort: Rule = {
  id: 'bind-address-no-port',
  sinceLinux: [4, 2],
  cures: ['bind'],
  suggest(situation) {
    const { sample, group } = situation;
    const binding = sample.groups
      .filter(({ bindBeforeConnect }) => bindBeforeConnect.suspected)
      .toSorted((a, b) => b.bindBeforeConnect.ports - a.bindBeforeConnect.ports);
    const [first] = binding;
    if (first === undefined) return undefined;
    const lost = portsLostToBind(sample, group);
    const named = binding
      .slice(0, NAMED_GROUPS)
      .map(({ label, bindBeforeConnect: { ports } }) => `${label}: ${groupDigits(ports)}`);
    const others = binding.length - named.length;
    const sum = others > 0 ? `; and ${groupDigits(others)} other groups` : '';
    const isCertain = binding.some(({ bindBeforeConnect }) => bindBeforeConnect.certain);
    return {
      title: 'Set IP_BIND_ADDRESS_NO_PORT where a source address is bound',
      why:
        `${groupDigits(sample.inferredHeld)} ports ${isCertain ? 'were' : 'seem to have been'} taken by bind() before connect() ` +
        `(${named.join('; ')}${sum}): such a port is lost to every other destination, and all of them share one range. ` +
        (lost > 0
          ? `It costs this group ${groupDigits(lost)} ports.`
          : 'It costs this group none.'),
      commands: [],
      caution:
        'It is inferred from the parity of the ports, and may be wrong for connections that outlived a rush. Listening sockets must not have the option.',
      config: bindConfig(first),
      ...(lost > 0 ? { headroomAfter: headroomPercent(group.used, group.usable + lost) } : {}),
      severity: severityOf(lost, situation),
      risk: 1,
    };
  },
};
