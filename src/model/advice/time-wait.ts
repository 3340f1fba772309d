import { sysctlNumber } from '../../kernel/sysctl.ts';
import { groupDigits } from '../group-digits.ts';
import { isLoopbackGroup } from '../sample/addresses.ts';
import { reuseRule } from '../sample/time-wait.ts';
import { headroomPercent } from '../sample/headroom.ts';
import {
  type Rule,
  type Setting,
  type Situation,
  type Suggestion,
  sysctlCommands,
} from './advice.ts';

/** Share of the usable ports below which a change is not worthwhile. */
const WORTH_SHARE = 0.01;

/** Suggests tcp_tw_reuse=1 where TIME_WAIT holds ports that connect() could then take over. */
export const enableTimeWaitReuse: Rule = {
  id: 'enable-tw-reuse',
  sysctls: ['net.ipv4.tcp_tw_reuse'],
  cures: ['TIME_WAIT'],
  helps: ['TIME_WAIT', 'live', 'bind'],
  suggest({ sample, group }) {
    const rule = reuseRule(sample.sysctls);
    const isOn = rule.mode === 1 || (rule.mode === 2 && isLoopbackGroup(group));
    if (isOn || !isWorthWhile(group)) return undefined;
    const settings: Setting[] = [['net.ipv4.tcp_tw_reuse', 1]];
    if (!rule.timestamps) settings.unshift(['net.ipv4.tcp_timestamps', 1]);
    return {
      title: 'Let connect() take over ports in TIME_WAIT (tcp_tw_reuse=1)',
      why:
        `${groupDigits(group.timeWaitUsed)} ports wait ${sample.timeWaitSeconds} s in TIME_WAIT. With tcp_tw_reuse=1 an outgoing connection takes one over ` +
        `once it is ${rule.delayMs} ms old, which TCP timestamps make safe (RFC 6191): ${groupDigits(group.freedByReuse)} of them now. ` +
        `The setting is ${rule.mode === 2 ? '2, loopback only' : rule.mode}.` +
        (rule.timestamps ? '' : ` Timestamps are off: ${onlyNewOnes(sample)}`),
      ...sysctlCommands(settings),
      caution: REUSE_CAUTION,
      headroomAfter: headroomPercent(group.used - group.freedByReuse, group.usable),
      changes: { reuse: 1 },
      risk: 0,
    };
  },
};

/** Suggests TCP timestamps if reuse is on: it does nothing without them. */
export const enableTimestamps: Rule = {
  id: 'enable-timestamps',
  sysctls: ['net.ipv4.tcp_tw_reuse', 'net.ipv4.tcp_timestamps'],
  cures: ['TIME_WAIT'],
  helps: ['TIME_WAIT', 'live', 'bind'],
  suggest({ sample, group }) {
    const rule = reuseRule(sample.sysctls);
    const isOn = rule.mode === 1 || (rule.mode === 2 && isLoopbackGroup(group));
    if (!isOn || rule.timestamps || !isWorthWhile(group)) return undefined;
    return {
      title: 'Turn TCP timestamps on: without them tcp_tw_reuse does nothing',
      why:
        `tcp_tw_reuse is ${rule.mode}, but ${groupDigits(group.timeWaitUsed)} ports wait ${sample.timeWaitSeconds} s in TIME_WAIT: connect() needs timestamps ` +
        `to take one over, and tcp_timestamps is 0. With them ${groupDigits(group.freedByReuse)} would be free; ${onlyNewOnes(sample)}`,
      ...sysctlCommands([['net.ipv4.tcp_timestamps', 1]]),
      caution: REUSE_CAUTION,
      headroomAfter: headroomPercent(group.used - group.freedByReuse, group.usable),
      risk: 0,
    };
  },
};

/** Suggests turning tcp_tw_recycle off: it breaks clients behind NAT. Nothing here ever suggests turning it on. */
export const disableTimeWaitRecycle: Rule = {
  id: 'disable-tw-recycle',
  sysctls: ['net.ipv4.tcp_tw_recycle'],
  suggest({ sample, group }): Suggestion | undefined {
    const value = sysctlNumber(sample.sysctls, 'net.ipv4.tcp_tw_recycle') ?? 0;
    if (value === 0) return undefined;
    return {
      title: 'Turn tcp_tw_recycle off: it drops connections of clients behind NAT',
      why:
        `It is ${value} here. It treats the timestamps of all machines behind one address as those of one machine, and ` +
        'silently drops the SYNs of some. Linux 4.12 removed it.',
      ...sysctlCommands([['net.ipv4.tcp_tw_recycle', 0]]),
      caution: `TIME_WAIT lasts its full ${sample.timeWaitSeconds} s again, and holds more ports: tcp_tw_reuse=1 is the safe way to get them back.`,
      severity: group.severity === 'info' ? 'warning' : group.severity,
      risk: 0,
    };
  },
};

const onlyNewOnes = ({ timeWaitSeconds }: Situation['sample']) =>
  `only connections opened after they are turned on can be taken over, so it takes up to ${timeWaitSeconds} s.`;

/** What taking over TIME_WAIT needs. */
export const REUSE_CAUTION =
  'Both ends need TCP timestamps (the default); a middlebox that strips them makes this do nothing.';

function isWorthWhile({ freedByReuse, usable }: Situation['group']): boolean {
  return freedByReuse > 0 && freedByReuse >= WORTH_SHARE * usable;
}
