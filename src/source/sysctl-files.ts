import { existsSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { NETWORK_MARK } from '../kernel/namespace-names.ts';
import { parsePid } from '../kernel/proc-pid.ts';
import { type ProcRoot, procRoot } from './proc-root.ts';
import { ifThere, inodeOf } from './read-file.ts';

/** Where the sysctls are that rule the sockets of a procfs. */
export interface SysctlFiles {
  readonly proc: ProcRoot;
  /** Why these sockets' sysctls cannot be read from here, in a sentence, safe to print; undefined: they can. */
  readonly elsewhere?: string | undefined;
}

/**
 * Finds the sysctls that belong to the sockets of `proc`. Only a whole procfs has a `sys` directory; /proc/PID, which
 * shows another process's sockets, has none. /proc/sys/net shows the *reader's* network namespace
 * (net_ctl_header_lookup in net/sysctl_net.c), so it applies only if both are in the same one.
 */
export function findSysctls(proc: ProcRoot, own: ProcRoot = procRoot('/proc')): SysctlFiles {
  if (existsSync(proc.path('sys/net'))) return { proc };
  if (isSameNetwork(proc, own)) return { proc: own };
  const pid = parsePid(basename(proc.path('')));
  if (pid === undefined) return { proc };
  return {
    proc,
    elsewhere: `the sysctls of process ${pid}'s network namespace can be read only from within it (nsenter -t ${pid} -n ephtop)`,
  };
}

/**
 * True if both show the same network namespace. Reading the namespace's link needs the right to trace the process;
 * anybody may read the inode of one of its files.
 */
export function isSameNetwork(proc: ProcRoot, own: ProcRoot): boolean {
  const theirs = ifThere(() => readlinkSync(proc.path('ns/net')));
  const ours = ifThere(() => readlinkSync(own.path('thread-self/ns/net')));
  if (theirs !== undefined && ours !== undefined) return theirs === ours;
  const theirFile = inodeOf(proc.path(NETWORK_MARK));
  return theirFile !== undefined && theirFile === inodeOf(own.path(`thread-self/${NETWORK_MARK}`));
}
