import type { Refusal } from '../kernel/perf-ring.ts';
import type { NamedRefusal } from '../model/sample/refusal-memory.ts';
import type { ProcRoot } from '../source/proc-root.ts';
import type { ProcessFiles } from '../source/process-files.ts';
import { RefusalNamespaces } from '../source/refusal-namespaces.ts';
import type { RefusalWatcher } from '../source/refusal-watcher.ts';

/** What was refused in this network namespace since the last look. */
export interface FedRefusals {
  /** Each with the name of its process. */
  readonly refusals: readonly NamedRefusal[];
  /** Those of which nothing tells the namespace. They may be others'. */
  readonly unattributed: readonly NamedRefusal[];
  /** Refusals of the whole machine that were read. */
  readonly read: number;
  /** Further ones of the whole machine, of which nothing is known: they came faster than they could be read. */
  readonly lost: number;
}

/** Names of processes are remembered, as one that was refused may have ended by the next look. */
const MOST_NAMES = 1000;

/** Hands on the refusals of one network namespace, as they are asked for. */
export class RefusalFeed {
  readonly #watcher: RefusalWatcher;
  readonly #processes: ProcessFiles;
  readonly #namespaces: RefusalNamespaces;
  readonly #names = new Map<number, string>();
  #waiting: Refusal[] = [];
  #lost = 0;

  constructor(watcher: RefusalWatcher, proc: ProcRoot, processes: ProcessFiles) {
    this.#watcher = watcher;
    this.#processes = processes;
    this.#namespaces = new RefusalNamespaces(proc);
  }

  /** True if something was refused since the last `take`, be it in another namespace. */
  hasNews(): boolean {
    const { refusals, lost } = this.#watcher.read();
    for (const refusal of refusals) this.#waiting.push(refusal);
    this.#lost += lost;
    return this.#waiting.length > 0 || this.#lost > 0;
  }

  take(): FedRefusals {
    this.hasNews();
    const [waiting, lost] = [this.#waiting, this.#lost];
    this.#waiting = [];
    this.#lost = 0;
    const { own, unattributed } = this.#namespaces.ownNamespaceOnly(waiting);
    const named = (refusal: Refusal) => ({ ...refusal, command: this.#nameOf(refusal.pid) });
    return {
      refusals: own.map(named),
      unattributed: unattributed.map(named),
      read: waiting.length,
      lost,
    };
  }

  close(): void {
    this.#watcher.close();
  }

  #nameOf(pid: number | undefined): string {
    if (pid === undefined) return '';
    const known = this.#names.get(pid);
    if (known !== undefined) return known;
    const name = this.#processes.command(pid);
    if (name === undefined) return '';
    for (const oldest of this.#names.keys()) {
      if (this.#names.size < MOST_NAMES) break;
      this.#names.delete(oldest);
    }
    this.#names.set(pid, name);
    return name;
  }
}
