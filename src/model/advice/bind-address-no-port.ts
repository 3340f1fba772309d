import { groupDigits } from '../group-digits.ts';
import type { GroupModel } from '../group-model.ts';
import { headroomPercent } from '../sample/headroom.ts';
import type { Sample } from '../sample/sample.ts';
import type { Severity } from '../severity.ts';
import { atMost, type Rule, type Situation } from './advice.ts';
import { portsKeptByBind, portsLostToBind } from './cause.ts';
import { bindConfig } from './client-config.ts';
import { inAll, portsAtThisRate, portsNeeded } from '../wanted-ports.ts';

/** Shares of the group's ports lost to bind() above which it is a warning, or as severe as the group. */
const WARNING_SHARE = 0.01;
const SEVERE_SHARE = 0.1;

/** Severity by the ports lost to the group; never above the group's own. */
function severityOf(lost: number, { group, pressure }: Situation): Severity {
  const share = lost / Math.max(1, group.usable + lost);
  if (share < WARNING_SHARE) return 'info';
  const isSevere = share >= SEVERE_SHARE || pressure.cause === 'bind';
  return isSevere ? group.severity : atMost('warning', group.severity);
}

/** How many groups are named; the others are only counted. */
const NAMED_GROUPS = 3;

/** Suggests IP_BIND_ADDRESS_NO_PORT if ports seem to be taken by bind() before connect(). */
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
    const doubtful = group.isAssumed === true ? 0 : group.free - group.freeAtLeast;
    const taken = heldByBind(sample, binding);
    const numbered = binding.filter(({ bindBeforeConnect }) => bindBeforeConnect.byNumber === true);
    const isAllNumbered = numbered.length === binding.length;
    const named = binding
      .slice(0, NAMED_GROUPS)
      .map(({ label, bindBeforeConnect: { ports } }) => `${label}: ${groupDigits(ports)}`);
    const others = binding.length - named.length;
    const sum = others > 0 ? `; and ${groupDigits(others)} other groups` : '';
    const kept = portsKeptByBind(group);
    const { growthPerSecond = 0, closesPerSecond } = group;
    const going = inAll(portsAtThisRate(group, growthPerSecond, closesPerSecond));
    const needed = Math.max(portsNeeded(group) - kept, going);
    const headroomAfter = headroomPercent(needed, group.usable + lost);
    const isCertain = binding.some(({ bindBeforeConnect }) => bindBeforeConnect.certain);
    return {
      title: isAllNumbered
        ? 'Leave the source port to connect() where a program binds it by number'
        : 'Set IP_BIND_ADDRESS_NO_PORT where a source address is bound',
      why:
        `${groupDigits(taken)} ports ${isCertain ? 'were' : 'seem to have been'} taken by bind() before connect() ` +
        `(${named.join('; ')}${sum}): such a port is lost to every other destination, and all of them share one range. ` +
        [costText({ lost, kept, doubtful }), ...numbered.slice(0, 1).map(numberedText)].join(' '),
      commands: [],
      caution:
        'This is inferred from which ports are taken, and by whom. It may be wrong for connections that remain from a rush. Do not set the option on listening sockets.',
      config: bindConfig(first),
      // Where the group will need what it gets back, the cure is no less right, but gains nothing that can be promised.
      ...(lost + kept > 0 && headroomAfter > group.headroomPercent
        ? {
            headroomAfter,
            // Ports that may be bound come back with those that surely are, or were free all the time.
            settlesDoubt: group.reuse === undefined && group.isAssumed !== true,
            isGradual: binding.some(({ liveUsed, timeWaitUsed }) => timeWaitUsed > liveUsed),
          }
        : {}),
      severity: severityOf(lost + kept, situation),
      risk: 1,
    };
  },
};

/** Ports that bind() holds, or seems to. Where nothing is in doubt, those that several groups have count once. */
function heldByBind(
  { inferredHeld }: Sample,
  binding: readonly Pick<GroupModel, 'bindBeforeConnect' | 'uncertain'>[],
): number {
  const sum = binding.reduce((ports, { bindBeforeConnect }) => ports + bindBeforeConnect.ports, 0);
  return binding.every((each) => each.bindBeforeConnect.certain && each.uncertain === undefined)
    ? Math.min(sum, inferredHeld)
    : sum;
}

function numberedText({ label }: Pick<GroupModel, 'label'>): string {
  return `The ports of ${label} are bound by number: IP_BIND_ADDRESS_NO_PORT only helps a program that binds port 0.`;
}

/** What bind() costs the group. */
interface Cost {
  readonly lost: number;
  readonly kept: number;
  readonly doubtful: number;
}

function costText({ lost, kept, doubtful }: Cost): string {
  const own = `${groupDigits(kept)} of them are this group's own, in TIME_WAIT: connect() would take them over, but for bind().`;
  const others = `It costs this group ${groupDigits(lost)} ports.`;
  if (lost + kept > 0) return [...(lost > 0 ? [others] : []), ...(kept > 0 ? [own] : [])].join(' ');
  return doubtful > 0
    ? `It may cost this group ${groupDigits(doubtful)} ports.`
    : 'It costs this group no ports.';
}
