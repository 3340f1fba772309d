import { InvalidArgumentError } from 'commander';
import { parsePid } from '../kernel/proc-pid.ts';
import { parseName } from './options.ts';

/** The part of the table of options that says where the sockets are. */
export const WHERE_OPTIONS = {
  pid: {
    flags: '--pid <pid>',
    description: 'the network namespace of this process, such as one of a container',
    topic: 'where',
    parse: parsePidOption,
  },
  netns: {
    flags: '--netns <name>',
    description: 'a network namespace of "ip netns", or the path of its file',
    topic: 'where',
    parse: parseName,
  },
  allNamespaces: {
    flags: '--all-namespaces',
    description: 'all network namespaces of this machine',
    topic: 'where',
  },
} as const;

function parsePidOption(text: string): number {
  const pid = parsePid(text);
  if (pid === undefined) throw new InvalidArgumentError('Write the number of a process.');
  return pid;
}
