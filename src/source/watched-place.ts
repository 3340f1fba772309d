import { readlinkSync } from 'node:fs';
import { hostname, release } from 'node:os';
import type { ConfiguredPort } from '../kernel/configured-port.ts';
import { type ForeignText, printable } from '../kernel/foreign-text.ts';
import { parseNetworkLink } from '../kernel/namespace-names.ts';
import type { Place } from '../kernel/place.ts';
import { configuredPortsHere } from './configured-services.ts';
import type { ProcFiles, ProcRoot } from './proc-root.ts';
import { ifThere } from './read-file.ts';
import { findSysctls } from './sysctl-files.ts';

/** A place, and the files that tell of it. What it holds beside them does not change. */
export interface WatchedPlace {
  readonly place: Place;
  readonly hostname: ForeignText;
  /** `uname -r`. */
  readonly kernelRelease: ForeignText;
  readonly proc: ProcFiles;
  /** Those whose `sys` is the place's own. */
  readonly sysctlProc: ProcFiles;
  /** Why these are not the sysctls of the place's sockets: a sentence, safe to print. Undefined: they are. */
  readonly sysctlsElsewhere?: string | undefined;
  /** Ports of services enabled there; undefined: not known. */
  readonly configuredPorts?: readonly ConfiguredPort[] | undefined;
  /** How that machine stores numbers, which procfs prints addresses by; left out: as this one does. */
  readonly byteOrder?: 'LE' | 'BE' | undefined;
}

/** The place whose sockets a mounted procfs shows. */
export function placeHere(proc: ProcRoot): WatchedPlace {
  const name: ForeignText = hostname();
  const sysctls = findSysctls(proc);
  return {
    place: placeOf(proc, name),
    hostname: name,
    kernelRelease: release(),
    proc,
    sysctlProc: sysctls.proc,
    sysctlsElsewhere: sysctls.elsewhere,
    configuredPorts: configuredPortsHere(proc),
  };
}

/** Its id is the mount point if the namespace is not known. */
function placeOf(proc: ProcRoot, name: ForeignText): Place {
  // Below the mount point, or below one process of it (/host/proc/1).
  for (const file of ['self/ns/net', 'ns/net']) {
    // Another user's process, and a copy of a procfs, have none.
    const inode = ifThere(() => parseNetworkLink(readlinkSync(proc.path(file))));
    if (inode !== undefined) return { kind: 'here', id: `net:${inode}`, name };
  }
  return { kind: 'here', id: `proc:${printable(proc.mountPoint)}`, name };
}
