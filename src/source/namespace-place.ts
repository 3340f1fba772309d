import { statSync } from 'node:fs';
import { hostname, release } from 'node:os';
import { type ForeignText, printable } from '../kernel/foreign-text.ts';
import { namespaceFile } from '../kernel/namespace-names.ts';
import { hiddenProcesses } from './hidden-processes.ts';
import { isErrno, SystemCallError } from './libc.ts';
import { nameOfNamespace } from './namespace-name.ts';
import {
  entrances,
  type NetworkNamespace,
  NetworkNamespaces,
  ownPid,
} from './network-namespaces.ts';
import { enteredRoot, filesAt, processRoot, type ProcRoot } from './proc-root.ts';
import { errorCode, failureReason, ifThere, inodeOf, isForbidden } from './read-file.ts';
import { enterNetwork, enterThroughAny, howToEnter } from './set-namespace.ts';
import { SourceError } from './source-error.ts';
import type { WatchedPlace } from './watched-place.ts';

/** Which network namespace to watch: that of a process, or the one behind a file; plain data. */
export type NamespaceChoice =
  | { readonly kind: 'pid'; readonly pid: number }
  /** A name for `ip netns`, or a path (with a slash) of any file of a network namespace. */
  | { readonly kind: 'netns'; readonly name: string };

/** A place in a network namespace. */
export interface NamespacePlace {
  readonly watched: WatchedPlace;
  /** True if this thread is in that namespace; false: its files are read through one of its processes. */
  readonly isEntered: boolean;
  /** Throws SourceError once the namespace is no longer what was asked for. */
  readonly requireThere: () => void;
}

/** What is said of a place whose sockets are read from outside. */
export function outsideText(whose: string): string {
  return `the sysctls of ${whose} can be read only from within it: ${howToEnter()}`;
}

/**
 * Enters a network namespace with this thread, or finds a way to see it from outside where this user may not enter.
 * Throws SourceError where there is none.
 */
export function openNamespace(choice: NamespaceChoice, procMount = '/proc'): NamespacePlace {
  const processes = processRoot(procMount);
  const path = chosenFile(choice, processes);
  const own = inodeOf('/proc/thread-self/ns/net');
  const chosen = inodeOf(path);
  const found = new NetworkNamespaces(processes)
    .look()
    .find(({ pids, inode }) =>
      choice.kind === 'pid' ? pids.includes(choice.pid) : inode !== undefined && inode === chosen,
    );
  // Anybody is where he is.
  if (found?.inode !== undefined && found.inode === own)
    return entered({ ...found, name: hostname() }, () => {});
  let way = path;
  try {
    enterNetwork(path);
  } catch (error) {
    if (isErrno(error, 'EINVAL'))
      throw new SourceError(`${printable(path)} is not a network namespace.`);
    if (!isForbidden(error) && !(error instanceof SourceError)) {
      if (errorCode(error) === undefined) throw error;
      throw new SourceError(`${printable(path)}: ${failureReason(error)}.`);
    }
    const another =
      found?.inode === undefined
        ? undefined
        : ifThere(() => enterThroughAny(entrances(found, processes), found.inode));
    if (another === undefined) {
      const pid = choice.kind === 'pid' ? choice.pid : found?.pids[0];
      if (pid === undefined || found === undefined) throw notVisible(path, error);
      return outside({ ...found, name: nameOfNamespace(found, processes) }, pid, processes);
    }
    way = another;
  }
  const inode = inodeOf('/proc/thread-self/ns/net');
  const namespace = found ?? { id: `net:${inode}`, inode, pids: [], mountPath: path };
  const name = nameOfNamespace(namespace, processes);
  const file = namespaceFile([namespace.mountPath, way, ...entrances(namespace, processes)]);
  return entered({ ...namespace, name, file }, presence(way, inode, processes));
}

interface Named extends NetworkNamespace {
  readonly name: ForeignText;
  /** As `Place.file`. */
  readonly file?: string | undefined;
}

function notVisible(path: string, cause: unknown): SourceError {
  if (cause instanceof SourceError)
    return new SourceError(`${printable(path)} cannot be watched: ${cause.message}`);
  const reason = cause instanceof SystemCallError ? cause.message : failureReason(cause);
  return new SourceError(
    `this user may not enter ${printable(path)} (${reason}), and no process shows it: ${howToEnter()}.`,
  );
}

/** The file of the namespace. Throws SourceError where there is none. */
function chosenFile(choice: NamespaceChoice, processes: ProcRoot): string {
  if (choice.kind === 'pid') {
    if (!isThere(processes.path(`${choice.pid}/ns`)))
      throw new SourceError(
        [
          `there is no process ${choice.pid} (--pid)`,
          ...(hiddenProcesses(processes) === undefined ? [] : [HIDDEN]),
        ].join(', ') + '.',
      );
    return processes.path(`${choice.pid}/ns/net`);
  }
  const { name } = choice;
  if (name.includes('/')) {
    return readable(name);
  }
  const path = FOLDERS.map((folder) => `${folder}/${name}`).find(isThere);
  if (path !== undefined && name !== '.' && name !== '..') return path;
  throw new SourceError(
    `there is no network namespace "${printable(name)}" in /run/netns; "ip netns" lists them, and "ephtop namespaces" all others.`,
  );
}

function readable(path: string): string {
  try {
    statSync(path);
    return path;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    const remedy =
      errorCode(error) === 'EACCES' ? '; run ephtop as root, or give a process by --pid' : '';
    throw new SourceError(`--netns ${printable(path)}: ${failureReason(error)}${remedy}.`);
  }
}

const HIDDEN = 'or it is hidden from this user (/proc is mounted with hidepid): run ephtop as root';

/** Where `ip netns` keeps them. */
const FOLDERS = ['/run/netns', '/var/run/netns'];

/** The place of this thread, which is in that namespace. */
function entered({ id, name, file }: Named, requireThere: () => void): NamespacePlace {
  const proc = enteredRoot();
  const watched = {
    place: { kind: 'namespace', id, name, file },
    hostname: hostname(),
    kernelRelease: release(),
    proc,
    sysctlProc: proc,
  } as const;
  return { isEntered: true, requireThere, watched };
}

/**
 * The thread keeps the namespace alive, empty as it may be. A namespace that has gone for everybody else is not to be
 * shown as a healthy one. Where it is the main thread that has entered, this process is listed as one of its own.
 */
function presence(path: string, inode: number | undefined, processes: ProcRoot): () => void {
  let current = path;
  return () => {
    if (inodeOf(current) === inode) return;
    const still = new NetworkNamespaces(processes).look().find((each) => each.inode === inode);
    const next = still?.pids.find((pid) => pid !== ownPid(processes));
    if (next !== undefined) current = processes.path(`${next}/ns/net`);
    else if (still?.mountPath !== undefined) current = still.mountPath;
    else
      throw new SourceError(
        `the network namespace of ${printable(path)} has gone: it has neither a process nor a name any more.`,
      );
  };
}

/** The place as one of its processes shows it. */
function outside({ id, name, mountPath }: Named, pid: number, processes: ProcRoot): NamespacePlace {
  const file = namespaceFile([mountPath, processes.path(`${pid}/ns/net`)]);
  const proc = filesAt((relative) => processes.path(`${pid}/${relative}`));
  return {
    isEntered: false,
    requireThere() {
      if (isThere(processes.path(`${pid}/ns`))) return;
      throw new SourceError(`process ${pid} has ended, and with it the view of its namespace.`);
    },
    watched: {
      place: { kind: 'namespace', id, name, file },
      hostname: hostname(),
      kernelRelease: release(),
      proc,
      sysctlProc: proc,
      sysctlsElsewhere: outsideText(`process ${pid}'s network namespace`),
    },
  };
}

function isThere(path: string): boolean {
  return inodeOf(path) !== undefined;
}
