import { readdirSync, readlinkSync } from 'node:fs';
import { rawText } from '../kernel/foreign-text.ts';
import {
  type MountedNetwork,
  NETWORK_MARK,
  parseMountedNetworks,
  parseNetworkLink,
} from '../kernel/namespace-names.ts';
import { parsePid } from '../kernel/proc-pid.ts';
import { type ProcRoot, procRoot } from './proc-root.ts';
import { ifThere, inodeOf, readText } from './read-file.ts';

/** A network namespace of this machine. */
export interface NetworkNamespace {
  /** `net:` and its inode; for a user who may not read that, `netstat:` and the inode of one of its files. */
  readonly id: string;
  /** Inode of the namespace itself; undefined: not for this user to know. */
  readonly inode: number | undefined;
  /** Its processes, ascending; empty: it is only mounted. */
  readonly pids: readonly number[];
  /** Where it is mounted (`ip netns`); undefined: nowhere that is seen from here. */
  readonly mountPath: string | undefined;
}

/** Of its processes, the first may have ended since they were listed. */
const MOST_TRIED = 8;

/** The files by which a namespace may be entered: its mount, and the links of its processes, as `processes` lists them. */
export function entrances(
  { mountPath, pids }: Pick<NetworkNamespace, 'mountPath' | 'pids'>,
  processes: ProcRoot,
): string[] {
  const links = pids.slice(0, MOST_TRIED).map((pid) => processes.path(`${pid}/ns/net`));
  return mountPath === undefined ? links : [mountPath, ...links];
}

/** This process, where processes are listed: a procfs of another pid namespace has other numbers. */
export function ownPid(processes: ProcRoot): number {
  return Number(ifThere(() => readlinkSync(processes.path('self'))) ?? process.pid);
}

interface Found {
  readonly id: string;
  readonly inode: number | undefined;
}

/** Each look checks this part of the processes that it knows: they rarely change their namespace. */
const CHECKED_PART = 16;

/**
 * Finds the network namespaces that have a process or a mount. A known process is not looked at again each time; a pid
 * that stands for a new process, or a process that has moved, is noticed within 16 looks.
 */
export class NetworkNamespaces {
  readonly #processes: ProcRoot;
  readonly #own: ProcRoot;
  #known = new Map<number, Found>();
  /** Namespace by the inode of its net/netstat, of those that this user may identify. */
  readonly #byFile = new Map<number, Found>();
  readonly #identified = new Map<string, Found>();
  #looks = 0;

  /** `processes`: where they are listed. `own`: where this process finds itself. */
  constructor(processes: ProcRoot, own: ProcRoot = procRoot('/proc')) {
    this.#processes = processes;
    this.#own = own;
  }

  /** All namespaces now, those of the lowest pids first. */
  look(): NetworkNamespace[] {
    const part = this.#looks++ % CHECKED_PART;
    const own = ownPid(this.#processes);
    const known = new Map<number, Found>();
    const members = new Map<string, { found: Found; pids: number[] }>();
    const unidentified: number[] = [];
    const add = (pid: number, found: Found) => {
      known.set(pid, found);
      const member = members.get(found.id);
      if (member === undefined) members.set(found.id, { found, pids: [pid] });
      else member.pids.push(pid);
    };
    for (const pid of this.#pids()) {
      // Where the main thread goes from namespace to namespace, this process is still one of the first.
      const isChecked = pid % CHECKED_PART === part && pid !== own;
      const before = isChecked ? undefined : this.#known.get(pid);
      const found = before ?? this.#identify(pid);
      if (found === undefined) unidentified.push(pid);
      else add(pid, found);
    }
    // Now that those are known that can be: the same namespace may have processes of both kinds.
    for (const pid of unidentified) {
      const found = this.#byNetstat(pid);
      if (found !== undefined) add(pid, found);
    }
    this.#known = known;
    this.#forgetAllBut(members);
    return this.#withMounts([...members.values()]);
  }

  /** Has the next look check all processes of a namespace, which could not be entered: what has ended may be listed still. */
  doubt(id: string): void {
    const own = ownPid(this.#processes);
    for (const [pid, found] of this.#known)
      if (found.id === id && pid !== own) this.#known.delete(pid);
  }

  /** The kernel gives inodes of namespaces that have gone to new ones. */
  #forgetAllBut(members: ReadonlyMap<string, unknown>): void {
    for (const [file, { id }] of this.#byFile) {
      if (members.has(id)) continue;
      this.#byFile.delete(file);
      this.#identified.delete(id);
    }
  }

  #withMounts(members: readonly { found: Found; pids: readonly number[] }[]): NetworkNamespace[] {
    const mounts = new Map<string, MountedNetwork>(
      this.#mounts().map((mount) => [`net:${mount.inode}`, mount]),
    );
    const withProcesses = members.map(({ found, pids }) => ({
      ...found,
      pids: pids.toSorted((a, b) => a - b),
      mountPath: mounts.get(found.id)?.path,
    }));
    const ids = new Set(withProcesses.map(({ id }) => id));
    const others = [...mounts].filter(([id]) => !ids.has(id));
    return [
      ...withProcesses,
      ...others.map(([id, { inode, path }]) => ({ id, inode, pids: [], mountPath: path })),
    ];
  }

  /** Ascending. Throws what readdir(3) throws. */
  #pids(): number[] {
    return readdirSync(this.#processes.path('.'))
      .flatMap((name) => parsePid(name) ?? [])
      .toSorted((a, b) => a - b);
  }

  /** Reading the link takes the right to trace the process. */
  #identify(pid: number): Found | undefined {
    const link = this.#processes.path(`${pid}/ns/net`);
    const inode = ifThere(() => parseNetworkLink(readlinkSync(link)));
    if (inode === undefined) return undefined;
    const id = `net:${inode}`;
    const known = this.#identified.get(id);
    if (known !== undefined) return known;
    const found = { id, inode };
    const file = this.#netstatInode(pid);
    if (file !== undefined) {
      this.#byFile.set(file, found);
      this.#identified.set(id, found);
    }
    return found;
  }

  #byNetstat(pid: number): Found | undefined {
    const file = this.#netstatInode(pid);
    if (file === undefined) return undefined;
    return this.#byFile.get(file) ?? { id: `netstat:${file}`, inode: undefined };
  }

  #netstatInode(pid: number): number | undefined {
    return inodeOf(this.#processes.path(`${pid}/${NETWORK_MARK}`));
  }

  #mounts() {
    const text = ifThere(() => rawText(readText(this.#own.path('self/mountinfo'), MOUNTS_BYTES)));
    return text === undefined ? [] : parseMountedNetworks(text);
  }
}

/** A node with thousands of mounts has less. */
const MOUNTS_BYTES = 1024 * 1024;
