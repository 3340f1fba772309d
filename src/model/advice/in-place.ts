import type { Place } from '../../kernel/place.ts';
import type { Suggestion } from './advice.ts';

/**
 * A command that sets sysctls, as root on the machine can run it: in another network namespace, entered by nsenter(1).
 * /proc/sys/net shows the namespace of the process that opens it (net/sysctl_net.c), so that no mount is needed.
 */
export function commandIn({ kind, file }: Place, command: string): string {
  if (kind !== 'namespace' || file === undefined || OF_MACHINE.test(command)) return command;
  const inside = command.startsWith('sysctl ') ? command : `sh -c '${command}'`;
  return `nsenter --net=${file} ${inside}`;
}

/** There is one for all namespaces, and they cannot write it (nf_conntrack_standalone.c). */
const OF_MACHINE = /net\.netfilter\.nf_conntrack_max=/;

/** The suggestion with commands for that place. /etc/sysctl.d is read for the machine's own namespace only. */
export function suggestionIn(place: Place, suggestion: Suggestion): Suggestion {
  const { persist, ...said } = suggestion;
  const isSysctl = persist?.includes('/etc/sysctl.d/') === true;
  if (place.kind !== 'namespace' || !isSysctl) return suggestion;
  const caution = [said.caution, cautionOfBare(place), ENDS_WITH_IT].filter(Boolean).join(' ');
  const commands = said.commands.map((command) => commandIn(place, command));
  return { ...said, commands, caution };
}

/** What to know of commands that do not enter the namespace they are for by themselves; undefined: these do. */
export function cautionOfBare({ kind, file }: Place): string | undefined {
  if (kind !== 'namespace' || file !== undefined) return undefined;
  return 'Run it within this network namespace: on the machine it changes the machine.';
}

const ENDS_WITH_IT =
  'The value holds in this network namespace and ends with it, and /etc/sysctl.d does not reach it: set it where the container or pod is made (docker run --sysctl, securityContext.sysctls).';
