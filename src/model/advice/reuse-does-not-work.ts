import { groupDigits } from '../group-digits.ts';
import type { Rule } from './advice.ts';
import { bindConfig } from './client-config.ts';

/** Says that TIME_WAIT is not taken over although it should be, and what the likely reasons are. */
export const reuseDoesNotWork: Rule = {
  id: 'reuse-does-not-work',
  cures: ['TIME_WAIT'],
  helps: ['TIME_WAIT', 'live', 'bind'],
  suggest({ sample, group }) {
    const { reuse, bindBeforeConnect } = group;
    if (reuse?.works !== false) return undefined;
    const mode = sample.sysctls['net.ipv4.tcp_tw_reuse'];
    const isBound = bindBeforeConnect.suspected;
    return {
      title: `Find out why connect() takes no port in TIME_WAIT over (tcp_tw_reuse is ${mode ?? 'unknown'})`,
      why:
        `Some ${groupDigits(reuse.expected)} connections should have taken one over, and the kernel counts ${groupDigits(reuse.seen)}: ` +
        'the TIME_WAIT of this group holds its ports for its whole time. ' +
        (isBound
          ? 'Its ports seem to be taken by bind() before connect(): no connect() takes such a port over. Leave the port to connect() (IP_BIND_ADDRESS_NO_PORT).'
          : `Mostly ${group.remoteAddress} has TCP timestamps off, or something on the way strips them: turn them on there (net.ipv4.tcp_timestamps=1 where it runs Linux). ` +
            'Else a program binds its ports before connect(): set IP_BIND_ADDRESS_NO_PORT there.'),
      commands: [],
      caution:
        'Connections that are open keep what they were opened with: it shows with new ones, after a minute.',
      ...(isBound ? { config: bindConfig(group) } : {}),
      risk: 1,
    };
  },
};
