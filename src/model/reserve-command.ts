import { rawText } from '../kernel/foreign-text.ts';
import { formatPortRanges, joinPortRanges, type PortRange } from '../kernel/port-range.ts';
import type { SysctlValues } from '../kernel/sysctl.ts';
import { LONGEST_PORT_LIST, shortened } from './sample/full-range.ts';

const NAME = 'net.ipv4.ip_local_reserved_ports';

/** True if the list of reserved ports can be read: a new list would drop unknown entries. */
export function canReserve(sysctls: SysctlValues): boolean {
  return /^[\d,-]*$/.test(rawText(sysctls[NAME] ?? 'none'));
}

/** How to reserve further ports. */
export interface Reservation {
  /** Root can run it as it is. It takes no port off the list. */
  readonly command: string;
  /** The whole list, for a file of sysctls; undefined: too long for sysctl(8). */
  readonly list?: string;
}

/**
 * The command that adds ports to the reserved ones. If the whole list is too long for sysctl(8), it writes only the new
 * ports. A write at the start of the file replaces the list; a write behind it adds to the list (proc_do_large_bitmap
 * in kernel/sysctl.c: bitmap_or if *ppos is not 0).
 */
export function reservePorts(
  reserved: readonly PortRange[],
  added: readonly PortRange[],
): Reservation {
  const list = formatPortRanges(joinPortRanges([...reserved, ...added]));
  if (list.length <= LONGEST_PORT_LIST) return { command: `sysctl -w ${NAME}="${list}"`, list };
  return {
    command: `echo ${formatPortRanges(shortened(added))} | dd of=/proc/sys/${NAME.replaceAll('.', '/')} bs=4096 seek=1 conv=notrunc`,
  };
}
