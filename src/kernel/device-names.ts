import type { ForeignText } from './foreign-text.ts';

/**
 * Names of network devices by index, from /proc/net/igmp. It lists every device that can have IPv4
 * addresses (igmp_mc_seq_show in net/ipv4/igmp.c) in the reader's network namespace. sysfs shows the namespace that it
 * was mounted in.
 */
export function parseDeviceNames(text: string): Map<number, ForeignText> {
  const names = new Map<number, ForeignText>();
  // A name has no blank, slash or colon (dev_valid_name in net/core/dev.c).
  for (const [, index, name = ''] of text.matchAll(/^(\d{1,10})\t([^\s:/]{1,15}) *:/gm))
    names.set(Number(index), name);
  return names;
}
