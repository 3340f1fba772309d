import { statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import type { Refusal } from '../kernel/perf-ring.ts';
import type { ProcRoot } from './proc-root.ts';
import { errorCode } from './read-file.ts';

/** Refusals of the whole machine, told apart by network namespace. */
export interface AttributedRefusals {
  /** Those of this thread's network namespace. */
  readonly own: Refusal[];
  /** Those that nothing says the namespace of; they are rather not counted, as they may be a container's. */
  readonly unattributed: Refusal[];
  /** How many were of other namespaces. */
  readonly elsewhere: number;
}

/** The same inode within a network namespace, another in each; anybody may look at it. */
const MARK = 'net/netstat';

/**
 * Tells whose refusals they are. The process says it while it lives, and is remembered for when it has
 * ended. For one that was never seen alive (a curl that failed at once), or is in a pid namespace that cannot be seen from
 * here, the local address says it: an interface of this namespace has it or none has, except for
 * loopback, which is the same everywhere. A process that makes its sockets in another namespace than its
 * own (setns) is taken for where it is itself.
 */
export class RefusalNamespaces {
  readonly #proc: ProcRoot;
  readonly #ownAddresses: () => ReadonlySet<string>;
  readonly #remembered: number;
  /** Namespace by pid, the latest last. */
  readonly #namespaces = new Map<number, number>();

  /** `proc` lists the processes of this pid namespace; so many of them are remembered. */
  constructor(proc: ProcRoot, ownAddresses = interfaceAddresses, remembered = 4096) {
    this.#proc = proc;
    this.#ownAddresses = ownAddresses;
    this.#remembered = remembered;
  }

  /** Keeps those of this thread's own namespace. */
  ownNamespaceOnly(refusals: readonly Refusal[]): AttributedRefusals {
    const result = { own: [] as Refusal[], unattributed: [] as Refusal[], elsewhere: 0 };
    if (refusals.length === 0) return result;
    // Now, and not once: this thread may go from namespace to namespace.
    const ownNamespace = this.#inode('thread-self');
    const ofPid = new Map(
      [...new Set(refusals.map(({ pid }) => pid))].map((pid) => [pid, this.#namespaceOf(pid)]),
    );
    let addresses: ReadonlySet<string> | undefined;
    for (const refusal of refusals) {
      const namespace = ofPid.get(refusal.pid);
      const isOwn =
        namespace === undefined || ownNamespace === undefined
          ? isOwnAddress(refusal, (addresses ??= this.#ownAddresses()))
          : namespace === ownNamespace;
      if (isOwn === undefined) result.unattributed.push(refusal);
      else if (isOwn) result.own.push(refusal);
      else result.elsewhere++;
    }
    return result;
  }

  #namespaceOf(pid: number | undefined): number | undefined {
    if (pid === undefined) return undefined;
    const namespace = this.#inode(String(pid)) ?? this.#namespaces.get(pid);
    if (namespace === undefined) return undefined;
    this.#namespaces.delete(pid);
    this.#namespaces.set(pid, namespace);
    for (const oldest of this.#namespaces.keys()) {
      if (this.#namespaces.size <= this.#remembered) break;
      this.#namespaces.delete(oldest);
    }
    return namespace;
  }

  #inode(process: string): number | undefined {
    try {
      return statSync(this.#proc.path(`${process}/${MARK}`)).ino;
    } catch (error) {
      if (errorCode(error) === undefined) throw error;
      return undefined;
    }
  }
}

/** Undefined: it may be in any namespace. */
function isOwnAddress({ localAddress }: Refusal, own: ReadonlySet<string>): boolean | undefined {
  const isEverywhere = localAddress.startsWith('127.') || localAddress === '::1';
  return isEverywhere ? undefined : own.has(localAddress);
}

/** The addresses of this thread's network namespace. */
function interfaceAddresses(): ReadonlySet<string> {
  const infos = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return new Set(infos.map(({ address }) => address));
}
