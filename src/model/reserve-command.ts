import { formatPortRanges, joinPortRanges, type PortRange } from '../kernel/port-range.ts';
import type { SysctlValues } from '../kernel/sysctl.ts';
import { LONGEST_PORT_LIST, shortened } from './sample/full-range.ts';

const NAME = 'net.ipv4.ip_local_reserved_ports';

/** Whether the list of reserved ports is there, and is understood: what is not known would be lost to a new one. */
export function canReserve(sysctls: SysctlValues): boolean {
  return /^[\d,-]*$/.test(sysctls[NAME] ?? 'none');
}

/** How to reserve ports besides those that are reserved now. */
export interface Reservation {
  /** Can be run as it stands, by root. It takes no port off the list. */
  readonly command: string;
  /** The whole list, for a file of sysctls; undefined: it is too long for what sysctl(8) writes from one. */
  readonly list?: string;
}

/**
 * The command that adds ports to the reserved ones. If the whole list is too long for sysctl(8), it writes only the new
 * ports: a write at the start of the file replaces the list, a write behind it adds to the list (proc_do_large_bitmap in
 * kernel/sysctl.c: bitmap_or where *ppos is not 0).
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
