import { type ForeignText, rawText } from './foreign-text.ts';

/** The sysctls that decide how ephemeral ports are handed out and how long they are held (ip-sysctl.rst). */
export const SYSCTL_NAMES = [
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_tw_reuse',
  'net.ipv4.tcp_tw_reuse_delay',
  'net.ipv4.tcp_timestamps',
  'net.ipv4.tcp_max_tw_buckets',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_tw_recycle',
  'net.ipv4.tcp_tw_timeout',
  'net.ipv4.tcp_orphan_retries',
  'net.ipv4.ip_unprivileged_port_start',
  'net.core.somaxconn',
] as const;

export type SysctlName = (typeof SYSCTL_NAMES)[number];

/** Values as the kernel prints them, blanks folded; null: this kernel has no such sysctl, or hides it. */
export type SysctlValues = Readonly<Record<SysctlName, ForeignText | null>>;

/** A sysctl's file below the proc mount: `net.ipv4.tcp_tw_reuse` is `sys/net/ipv4/tcp_tw_reuse`. */
export function sysctlPath(name: SysctlName): string {
  return `sys/${name.replaceAll('.', '/')}`;
}

/** Folds the blanks of a sysctl file: "32768\t60999\n" is "32768 60999". */
export function parseSysctl(text: string): ForeignText {
  return text.trim().replace(/\s+/g, ' ');
}

/** A sysctl as a whole number; undefined if the kernel does not have it or it is not a number. */
export function sysctlNumber(values: SysctlValues, name: SysctlName): number | undefined {
  const text = rawText(values[name] ?? '');
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** What a sysctl without a value is. Every kernel has a port range: where that cannot be read, the others may be there too. */
export function missingWord(values: SysctlValues): 'absent' | 'not readable' {
  return values['net.ipv4.ip_local_port_range'] === null ? 'not readable' : 'absent';
}
