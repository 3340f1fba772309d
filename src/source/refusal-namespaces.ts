import { networkInterfaces } from 'node:os';
import { NETWORK_MARK } from '../kernel/namespace-names.ts';
import type { Refusal } from '../kernel/perf-ring.ts';
import type { ProcRoot } from './proc-root.ts';
import { inodeOf } from './read-file.ts';

/** Refusals of the whole machine, split by network namespace. */
export interface AttributedRefusals {
  /** Refusals in this thread's network namespace. */
  readonly own: Refusal[];
  /** Refusals of unknown namespace, from addresses that also exist in this one: they may be a container's. */
  readonly unattributed: Refusal[];
  /** Number of refusals in other namespaces. */
  readonly elsewhere: number;
}

/**
 * Finds the network namespace of refusals. /proc tells it while the thread lives, and it is remembered for later. Some
 * threads are never seen alive (a curl that failed at once), or live in a pid namespace that is invisible from here.
 * Then only the local address helps: if no interface of this namespace has it, the refusal belongs to another one. If
 * an interface has it, a container may have the same address. A thread that changes its namespace (setns) counts for
 * the one in which it is found.
 */
export class RefusalNamespaces {
  readonly #proc: ProcRoot;
  readonly #ownAddresses: () => ReadonlySet<string>;
  readonly #remembered: number;
  /** Namespace by thread, the latest used last. */
  readonly #namespaces = new Map<number, number>();

  /** `proc` lists the processes of this pid namespace. `remembered`: number of threads to remember. */
  constructor(proc: ProcRoot, ownAddresses = interfaceAddresses, remembered = 4096) {
    this.#proc = proc;
    this.#ownAddresses = ownAddresses;
    this.#remembered = remembered;
  }

  /** Splits refusals by namespace: this thread's own, unknown, and others. */
  ownNamespaceOnly(refusals: readonly Refusal[]): AttributedRefusals {
    const result = { own: [] as Refusal[], unattributed: [] as Refusal[], elsewhere: 0 };
    if (refusals.length === 0) return result;
    // Read each time: this thread may change its namespace.
    const ownNamespace = this.#inode('thread-self');
    const ofThread = new Map(
      [...new Set(refusals.map(threadOf))].map((tid) => [tid, this.#namespaceOfThread(tid)]),
    );
    let addresses: ReadonlySet<string> | undefined;
    for (const refusal of refusals) {
      const namespace = ofThread.get(threadOf(refusal));
      const isKnown = namespace !== undefined && ownNamespace !== undefined;
      if (isKnown && namespace === ownNamespace) result.own.push(refusal);
      else if (!isKnown && isPossible(refusal, (addresses ??= this.#ownAddresses())))
        result.unattributed.push(refusal);
      else result.elsewhere++;
    }
    return result;
  }

  /** The namespace of a refusal, as the inode of its net/netstat; undefined: not known. */
  namespaceOf(refusal: Refusal): number | undefined {
    return this.#namespaceOfThread(threadOf(refusal));
  }

  #namespaceOfThread(tid: number | undefined): number | undefined {
    if (tid === undefined) return undefined;
    const namespace = this.#inode(String(tid)) ?? this.#namespaces.get(tid);
    if (namespace === undefined) return undefined;
    this.#namespaces.delete(tid);
    this.#namespaces.set(tid, namespace);
    for (const oldest of this.#namespaces.keys()) {
      if (this.#namespaces.size <= this.#remembered) break;
      this.#namespaces.delete(oldest);
    }
    return namespace;
  }

  #inode(process: string): number | undefined {
    return inodeOf(this.#proc.path(`${process}/${NETWORK_MARK}`));
  }
}

function threadOf({ pid, tid }: Refusal): number | undefined {
  return tid ?? pid;
}

/** True if this namespace has the local address. Every namespace has the loopback addresses. */
function isPossible({ localAddress }: Refusal, own: ReadonlySet<string>): boolean {
  return localAddress.startsWith('127.') || localAddress === '::1' || own.has(localAddress);
}

/** The addresses of this thread's network namespace. */
function interfaceAddresses(): ReadonlySet<string> {
  const infos = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return new Set(infos.map(({ address }) => address));
}
