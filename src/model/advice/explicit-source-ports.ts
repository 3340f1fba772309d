import { groupDigits } from '../group-digits.ts';
import { portSettings } from '../sample/port-space.ts';
import type { TupleGroup } from '../sample/tuple-group.ts';
import type { Rule } from './advice.ts';
import { bindConfig } from './client-config.ts';

/** Fewer may be left over from a range that was another, or belong to a program of its own. */
const FEWEST = 10;
/** Privileged ports: what binds them is mostly the kernel's own NFS client, from 665 on (sunrpc.min_resvport). */
const LAST_PRIVILEGED_PORT = 1023;

/** True where most of a group's connections have ports outside the range: no other range helps it. */
export function isBoundByNumber({ outsideRange, used }: TupleGroup): boolean {
  return outsideRange.count >= FEWEST && outsideRange.count > used;
}

/** Says which groups the ephemeral range has no part in, since their ports are chosen by number. */
export const explicitSourcePorts: Rule = {
  id: 'explicit-source-ports',
  suggest({ sample }) {
    const [group] = sample.groups
      .filter(isBoundByNumber)
      .toSorted((a, b) => b.outsideRange.count - a.outsideRange.count);
    const { count = 0, low, high } = group?.outsideRange ?? {};
    if (group === undefined || low === undefined || high === undefined) return undefined;
    const { range } = portSettings(sample.sysctls);
    const isPrivileged = high <= LAST_PRIVILEGED_PORT;
    return {
      title: `The ephemeral range has no part in ${group.label}: its ports are chosen by number`,
      why:
        `${groupDigits(count)} of its connections have source ports from ${low} to ${high}, outside ${range.low}–${range.high}: the program binds each of ` +
        `them itself${isPrivileged ? ', as NFS does below 1024' : ''}, or the range was another when they were opened. ${extent(count, high - low + 1)}`,
      commands: [],
      caution: isPrivileged
        ? 'For NFS these are sunrpc.min_resvport to sunrpc.max_resvport; its mount option noresvport lets connect() choose.'
        : 'A wider net.ipv4.ip_local_port_range gives it nothing. Give it more ports in its own configuration, or leave the choice to connect().',
      ...(isPrivileged ? {} : { config: bindConfig(group) }),
      severity: 'info',
      risk: 1,
    };
  },
};

function extent(taken: number, ports: number): string {
  return taken >= ports
    ? `All ${groupDigits(ports)} ports from the first to the last are taken: if it has no others, it has none left.`
    : `It has taken ${groupDigits(taken)} of the ${groupDigits(ports)} ports from the first to the last; how many it may take, its configuration says.`;
}
