import type { SysctlName } from '../kernel/sysctl.ts';
import type { Sample } from './sample.ts';
import { portSettings } from './port-space.ts';
import { portRangeSize } from '../kernel/port-range.ts';
import { reuseRule } from './time-wait.ts';

/** One sysctl: what it is now, what it should be where ports run out, and what that means on this machine. */
export interface SysctlNote {
  readonly name: SysctlName;
  /** As the kernel prints it; undefined: this kernel has none. */
  readonly value: string | undefined;
  readonly shouldBe: string;
  readonly meaning: string;
}

type Explain = (sample: Sample) => { shouldBe: string; meaning: string };

const EXPLANATIONS: Readonly<Record<SysctlName, Explain>> = {
  'net.ipv4.ip_local_port_range': ({ sysctls, portSpace }) => ({
    shouldBe: '1024 65535',
    meaning:
      `${portRangeSize(portSettings(sysctls).range)} source ports for each (source, destination, destination port), ` +
      `${portSpace.usable} of them usable. IPv6 uses this range too: there is no net.ipv6 one.`,
  }),
  'net.ipv4.ip_local_reserved_ports': ({ portSpace }) => ({
    shouldBe: 'your listeners',
    meaning: `Keeps ports from connect(), for services that listen on them: ${portSpace.reserved} of the range.`,
  }),
  'net.ipv4.tcp_tw_reuse': ({ sysctls }) => ({
    shouldBe: '1',
    meaning: REUSE_MEANINGS[reuseRule(sysctls).mode] ?? 'Unknown to ephtop.',
  }),
  'net.ipv4.tcp_tw_reuse_delay': ({ sysctls }) => ({
    shouldBe: '1000',
    meaning: `TIME_WAIT must be older than ${reuseRule(sysctls).delayMs} ms to be taken over. Since Linux 6.14; 1 s before.`,
  }),
  'net.ipv4.tcp_timestamps': () => ({
    shouldBe: '1',
    meaning: 'Without timestamps tcp_tw_reuse does nothing at all.',
  }),
  'net.ipv4.tcp_max_tw_buckets': ({ counters }) => ({
    shouldBe: 'default',
    meaning: `More TIME_WAIT sockets than this are dropped at once, unsafely. Now ${counters.timeWaitNow ?? 'an unknown number'}, dropped so far: ${counters.timeWaitOverflow ?? 'unknown'}.`,
  }),
  'net.ipv4.tcp_fin_timeout': () => ({
    shouldBe: 'default',
    meaning:
      'How long FIN_WAIT2 may last. It does not change TIME_WAIT, which is 60 s on Linux, whatever is set.',
  }),
  'net.ipv4.tcp_tw_recycle': ({ sysctls }) => ({
    shouldBe: sysctls['net.ipv4.tcp_tw_recycle'] === null ? 'absent' : '0',
    meaning: 'Broke clients behind NAT; removed in Linux 4.12. Never turn it on.',
  }),
};

const REUSE_MEANINGS: Readonly<Record<number, string>> = {
  0: 'connect() never takes over a port in TIME_WAIT: each closed connection holds its port for 60 s.',
  1: 'connect() takes over ports in TIME_WAIT that are older than tcp_tw_reuse_delay.',
  2: 'connect() takes over ports in TIME_WAIT on loopback only (127.0.0.0/8 and ::1), the default.',
};

/** All sysctls that matter here, explained on this sample. */
export function explainSysctls(sample: Sample): SysctlNote[] {
  return (Object.keys(EXPLANATIONS) as SysctlName[]).map((name) => ({
    name,
    value: sample.sysctls[name] ?? undefined,
    ...EXPLANATIONS[name](sample),
  }));
}
