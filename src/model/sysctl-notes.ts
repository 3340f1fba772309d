import type { ForeignText } from '../kernel/foreign-text.ts';
import { portRangeSize } from '../kernel/port-range.ts';
import { missingWord, type SysctlName } from '../kernel/sysctl.ts';
import type { Advice } from './advice/advice.ts';
import { settingOf } from './followed-advice.ts';
import { groupDigits } from './group-digits.ts';
import type { Model } from './model.ts';
import { fullRange, portsToReserve } from './sample/full-range.ts';
import { portSettings } from './sample/port-space.ts';
import type { Sample } from './sample/sample.ts';
import { MAINLINE_TIME_WAIT_SECONDS, type ReuseRule, reuseRule } from './sample/time-wait.ts';

/** A sysctl that guides mention and no kernel has. */
const NO_SUCH_SYSCTL = 'net.ipv6.ip_local_port_range';

/** Its list can be too long for a row; the suggestion's command has it. */
const RESERVED_PORTS = 'net.ipv4.ip_local_reserved_ports';

const YOUR_SERVICES = 'your services';

/** A sysctl that only some vendors' kernels have; it gets no row elsewhere. */
const VENDORS_ONLY = 'net.ipv4.tcp_tw_timeout';

/** One sysctl: its value, the value that would help now, and what it means on this machine. */
export interface SysctlNote {
  readonly name: SysctlName | typeof NO_SUCH_SYSCTL;
  /** As the kernel prints it; undefined: this kernel does not have it, or it cannot be read. */
  readonly value: ForeignText | undefined;
  /** What it is where it has no value. */
  readonly missing: ReturnType<typeof missingWord>;
  /** Undefined: no change now. */
  readonly shouldBe: string | undefined;
  /** What would help if ports were short, whether they are or not. Undefined: nothing else than now. */
  readonly ifShort?: string | undefined;
  /** One or two sentences, including what it does not do if many believe that it does. */
  readonly meaning: string;
}

/** What a value means that is not known. */
const UNREADABLE = 'Its value cannot be read from here.';

type Explain = (sample: Sample) => string;

const MEANINGS: Readonly<Record<SysctlNote['name'], Explain>> = {
  'net.ipv4.ip_local_port_range': ({ sysctls, portSpace, timeWaitSeconds }) =>
    `${groupDigits(portRangeSize(portSettings(sysctls).range))} ports for each (source, destination, port), ${groupDigits(portSpace.usable)} usable. ` +
    closesPerDestination(portSpace.usable, reuseRule(sysctls), timeWaitSeconds),
  'net.ipv4.ip_local_reserved_ports': ({ portSpace }) =>
    `Keeps ports from connect(), for services that listen on them: ${groupDigits(portSpace.reserved)} of the range. ` +
    `connect() never takes a port that has a listener now.`,
  'net.ipv4.tcp_tw_reuse': ({ sysctls, timeWaitSeconds }) =>
    reuseMeaning(reuseRule(sysctls).mode, timeWaitSeconds),
  'net.ipv4.tcp_tw_reuse_delay': ({ sysctls }) =>
    `TIME_WAIT must be older than ${reuseRule(sysctls).delayMs} ms to be taken over. Since Linux 6.14; 1 s before.`,
  'net.ipv4.tcp_timestamps': () => 'Without timestamps tcp_tw_reuse does nothing.',
  'net.ipv4.tcp_max_tw_buckets': ({ counters }) =>
    `TIME_WAIT sockets beyond this number are dropped at once, which is unsafe: lowering it is no cure. ` +
    `Now ${counters.timeWaitNow ?? 'an unknown number'}, dropped so far: ${counters.timeWaitOverflow ?? 'unknown'}.`,
  'net.ipv4.tcp_fin_timeout': (sample) =>
    `How long a FIN_WAIT2 without a process may last. It does not shorten TIME_WAIT, which lasts ${sample.timeWaitSeconds} s ` +
    `in any case${longestLeft(sample)}: lowering this frees none of its ports.`,
  'net.ipv4.tcp_tw_recycle': ({ sysctls }) =>
    sysctls['net.ipv4.tcp_tw_recycle'] === null
      ? 'Removed in Linux 4.12: it broke clients behind NAT. Guides that set it are outdated; tcp_tw_reuse is the safe way.'
      : 'Drops connections of clients behind NAT; removed in Linux 4.12. Never turn it on: tcp_tw_reuse is the safe way.',
  'net.ipv4.tcp_tw_timeout': () =>
    "How long TIME_WAIT lasts on this vendor's kernel, in seconds; 60 on mainline. A lower value frees ports sooner, but late segments of a closed connection may then reach a new one.",
  'net.ipv4.tcp_orphan_retries': () =>
    'How often a closed connection without a process sends its FIN again to a peer that does not answer. 0 stands for 8. It ends FIN_WAIT1 and LAST_ACK, but not TIME_WAIT.',
  'net.ipv4.ip_unprivileged_port_start': () =>
    'Ports below it need privileges to bind(). The range cannot begin below it: the kernel refuses to write that (EINVAL).',
  'net.core.somaxconn': () =>
    'How many connections may wait for accept(), inbound only. connect() does not use it: it is no cure for exhaustion.',
  [NO_SUCH_SYSCTL]: () =>
    'No Linux has this sysctl, though guides set it. IPv6 takes its ports from net.ipv4.ip_local_port_range.',
};

function reuseMeaning(mode: number, timeWaitSeconds: number): string {
  switch (mode) {
    case 0:
      return `connect() never takes over a port in TIME_WAIT: each closed connection holds its port for ${timeWaitSeconds} s.`;
    case 1:
      return 'connect() takes over ports in TIME_WAIT that are older than tcp_tw_reuse_delay.';
    case 2:
      return 'connect() takes over ports in TIME_WAIT on loopback only (127.0.0.0/8 and ::1), the default.';
    default:
      return 'Unknown to ephtop.';
  }
}

/** The sustainable close rate, which old guides put at 230/s because they assume 120 s of TIME_WAIT. */
function closesPerDestination(
  usable: number,
  { mode, delayMs, timestamps }: ReuseRule,
  timeWaitSeconds: number,
): string {
  const rate = `${groupDigits(Math.floor(usable / timeWaitSeconds))} closes/s`;
  if (mode === 1 && timestamps)
    return delayMs === 0
      ? `Reused at once, they set no limit to closes/s (at ${timeWaitSeconds} s of TIME_WAIT: ${rate}).`
      : `Reused after ${delayMs} ms they allow ${groupDigits(Math.floor((usable * 1000) / delayMs))} closes/s (at ${timeWaitSeconds} s of TIME_WAIT: ${rate}).`;
  const guides =
    timeWaitSeconds === MAINLINE_TIME_WAIT_SECONDS
      ? '; old guides say 230 because they assume 120 s of TIME_WAIT'
      : '';
  return `At ${timeWaitSeconds} s of TIME_WAIT they allow ${rate}${guides}.`;
}

/** Evidence from the timers: none has more time left than TIME_WAIT lasts. */
function longestLeft({ groups, remainder }: Sample): string {
  const longest = [...groups, remainder].reduce(
    (most, { drainSchedule }) =>
      Math.max(most, drainSchedule.findLastIndex((count) => count > 0) + 1),
    0,
  );
  return longest === 0 ? '' : ` (the longest here has ${longest} s left)`;
}

/**
 * All sysctls that matter for ports, or are said to, explained by this sample. `shouldBe` comes from the best
 * suggestion above "info" that sets the sysctl, so on a healthy machine it is undefined.
 */
export function explainSysctls({ sample, advice }: Pick<Model, 'sample' | 'advice'>): SysctlNote[] {
  const wanted = recommended(advice);
  const helpful = helpfulIfShort(sample);
  return (Object.keys(MEANINGS) as SysctlNote['name'][])
    .filter((name) => name !== VENDORS_ONLY || sample.sysctls[name] !== null)
    .map((name) => {
      const value = name === NO_SUCH_SYSCTL ? undefined : (sample.sysctls[name] ?? undefined);
      const other = (recommendation: string | undefined) =>
        recommendation === value ? undefined : recommendation;
      const shouldBe = other(wanted.get(name));
      const missing = name === NO_SUCH_SYSCTL ? 'absent' : missingWord(sample.sysctls);
      return {
        name,
        value,
        missing,
        shouldBe,
        ifShort: shouldBe ?? (value === undefined ? undefined : other(helpful.get(name))),
        meaning:
          value === undefined && missing === 'not readable' ? UNREADABLE : MEANINGS[name](sample),
      };
    });
}

/** The values that suggestions above "info" set, by sysctl. The better suggestion wins. */
function recommended(advice: readonly Advice[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { severity, commands } of advice.toReversed()) {
    if (severity === 'info') continue;
    for (const { name, value } of commands.map(settingOf).filter((each) => each !== undefined))
      values.set(name, name === RESERVED_PORTS ? YOUR_SERVICES : value);
  }
  return values;
}

/** The values that help whoever is short of ports, by sysctl: of the settings alone, whatever there is in use. */
function helpfulIfShort(sample: Sample): ReadonlyMap<string, string> {
  const { range, reserved } = portSettings(sample.sysctls);
  const widest = fullRange(sample.sysctls);
  const isWidened = portRangeSize(range) < portRangeSize(widest);
  const isReserving = isWidened && portsToReserve(reserved, sample).length > 0;
  return new Map([
    ...(isWidened
      ? [['net.ipv4.ip_local_port_range', `${widest.low} ${widest.high}`] as const]
      : []),
    ...(isReserving ? [[RESERVED_PORTS, YOUR_SERVICES] as const] : []),
    ['net.ipv4.tcp_tw_reuse', '1'],
    ['net.ipv4.tcp_timestamps', '1'],
    ['net.ipv4.tcp_tw_recycle', '0'],
  ]);
}
