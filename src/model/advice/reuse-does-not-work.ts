import { printable } from '../../kernel/foreign-text.ts';
import { groupDigits } from '../group-digits.ts';
import { isLoopbackGroup } from '../sample/addresses.ts';
import type { ReuseCheck } from '../sample/reuse-check.ts';
import { reusableFromAgeMs, reuseRule } from '../sample/time-wait.ts';
import type { Rule } from './advice.ts';
import { bindConfig } from './client-config.ts';

/** Reports that TIME_WAIT is not taken over although it should be, with the likely reasons. */
export const reuseDoesNotWork: Rule = {
  id: 'reuse-does-not-work',
  cures: ['TIME_WAIT'],
  helps: ['TIME_WAIT', 'live', 'bind'],
  suggest({ sample, group }) {
    const { reuse, bindBeforeConnect } = group;
    const fromAgeMs = reusableFromAgeMs(reuseRule(sample.sysctls), isLoopbackGroup(group));
    if (reuse?.works !== false || !Number.isFinite(fromAgeMs)) return undefined;
    const mode = printable(sample.sysctls['net.ipv4.tcp_tw_reuse'] ?? 'unknown');
    const isBound = bindBeforeConnect.suspected;
    return {
      title: `Find out why connect() does not take over ports in TIME_WAIT (tcp_tw_reuse is ${mode})`,
      why:
        `${evidenceText(reuse)}: the TIME_WAIT of this group holds its ports for its full time. ` +
        (isBound
          ? 'Its ports seem to be taken by bind() before connect(): no connect() takes such a port over. Leave the port to connect() (IP_BIND_ADDRESS_NO_PORT).'
          : `Most likely ${group.remoteAddress} has TCP timestamps off, or something on the way strips them: turn them on there (net.ipv4.tcp_timestamps=1 if it runs Linux). ` +
            'Otherwise a program binds its ports before connect(): set IP_BIND_ADDRESS_NO_PORT there.'),
      commands: [],
      caution:
        'Open connections keep the settings they were opened with: a change shows with new ones, after a minute.',
      ...(isBound ? { config: bindConfig(group) } : {}),
      risk: 1,
    };
  },
};

function evidenceText({ evidence, expected, seen }: ReuseCheck): string {
  return evidence === 'timestamps'
    ? `None of ${groupDigits(expected)} live connections checked has TCP timestamps, without which nothing is taken over`
    : `About ${groupDigits(expected)} connections should have taken one over, but the kernel counts ${groupDigits(seen)}`;
}
