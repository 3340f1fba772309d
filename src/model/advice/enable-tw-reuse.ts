import { reuseRule } from '../time-wait.ts';
import { headroomPercent } from '../tuple-group.ts';
import { persistSysctls, type Situation, type Suggestion } from './advice.ts';
import { groupDigits } from '../group-digits.ts';

/** Suggests tcp_tw_reuse=1 where TIME_WAIT holds ports that connect() could then take over. */
export function enableTimeWaitReuse({ sample, group }: Situation): Suggestion | undefined {
  const rule = reuseRule(sample.sysctls);
  if (group.timeWaitUsed === 0 || group.reusableFromAgeMs !== undefined) return undefined;
  // Whole seconds of the schedule: what is not surely older than the delay is left as blocking.
  const youngSeconds = Math.ceil(rule.delayMs / 1000);
  const young = group.drainSchedule.slice(-youngSeconds).reduce((sum, count) => sum + count, 0);
  const stillUsed = group.liveUsed + Math.min(group.timeWaitUsed, young);
  const settings = [
    ...(rule.timestamps ? [] : ['net.ipv4.tcp_timestamps=1']),
    'net.ipv4.tcp_tw_reuse=1',
  ];
  return {
    id: 'enable-tw-reuse',
    title: 'Let connect() take over ports in TIME_WAIT (tcp_tw_reuse=1)',
    why:
      `${groupDigits(group.timeWaitUsed)} ports wait 60 s in TIME_WAIT. With tcp_tw_reuse=1 an outgoing connection takes one over ` +
      `once it is ${rule.delayMs} ms old, safely, by TCP timestamps (RFC 6191); it is ${describeMode(rule.mode)} now.` +
      (rule.timestamps
        ? ''
        : ' Timestamps are off: only connections opened after they are turned on can be taken over.'),
    commands: settings.map((setting) => `sysctl -w ${setting}`),
    persist: persistSysctls(settings),
    caution:
      'Both ends need TCP timestamps (the default); a middlebox that strips them makes this do nothing.',
    headroomAfter: headroomPercent(stillUsed, group.usable),
    risk: 0,
  };
}

function describeMode(mode: number): string {
  return mode === 2 ? '2, which means loopback only,' : `${mode}`;
}
