import { groupDigits } from '../group-digits.ts';
import { isRangeAssumed, portSettings } from '../sample/port-space.ts';
import type { TupleGroup } from '../sample/tuple-group.ts';
import type { Rule } from './advice.ts';
import { bindConfig } from './client-config.ts';

/** Fewest connections to report; fewer may be left over from an earlier range, or belong to an unrelated program. */
const FEWEST = 10;
/** Last privileged port. These are mostly bound by the kernel's NFS client, from 665 up (sunrpc.min_resvport). */
const LAST_PRIVILEGED_PORT = 1023;

/** True if most of a group's connections have ports outside the range: changing the range does not help it. */
export function isBoundByNumber({ outsideRange, used }: TupleGroup): boolean {
  return outsideRange.count >= FEWEST && used <= FEW_INSIDE * outsideRange.count;
}

/** With more than this share of them inside the range, those outside may date from another range. */
const FEW_INSIDE = 0.1;

/** Reports the group that does not depend on the ephemeral range, since its ports are bound by number. */
export const explicitSourcePorts: Rule = {
  id: 'explicit-source-ports',
  suggest({ sample }) {
    // Of a range that is only assumed, nobody can say which ports lie outside.
    if (isRangeAssumed(sample.sysctls)) return undefined;
    const [group] = sample.groups
      .filter(isBoundByNumber)
      .toSorted((a, b) => b.outsideRange.count - a.outsideRange.count);
    const { count = 0, low, high } = group?.outsideRange ?? {};
    if (group === undefined || low === undefined || high === undefined) return undefined;
    const { range } = portSettings(sample.sysctls);
    const isPrivileged = high <= LAST_PRIVILEGED_PORT;
    return {
      title: `${group.label} does not use the ephemeral range: its ports are chosen by number`,
      why:
        `${groupDigits(count)} of its connections have source ports from ${low} to ${high}, outside ${range.low}–${range.high}: the program binds each of ` +
        `them itself${isPrivileged ? ', as NFS does below 1024' : ''}, or the range was different when they were opened. ${extent(count, high - low + 1)}`,
      commands: [],
      caution: isPrivileged
        ? 'For NFS these are sunrpc.min_resvport to sunrpc.max_resvport; its mount option noresvport lets connect() choose.'
        : 'A wider net.ipv4.ip_local_port_range does not help it. Give it more ports in its own configuration, or leave the choice to connect().',
      ...(isPrivileged ? {} : { config: bindConfig(group) }),
      severity: 'info',
      risk: 1,
    };
  },
};

function extent(taken: number, ports: number): string {
  return taken >= ports
    ? `All ${groupDigits(ports)} ports from the first to the last are taken: if it has no others, it has none left.`
    : `It has taken ${groupDigits(taken)} of the ${groupDigits(ports)} ports from the first to the last; its configuration says how many it may take.`;
}
