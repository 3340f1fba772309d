import type { Refusal } from '../kernel/perf-ring.ts';
import type { NamedRefusal } from '../model/sample/refusal-memory.ts';
import type { ProcRoot } from '../source/proc-root.ts';
import type { ProcessFiles } from '../source/process-files.ts';
import { RefusalNamespaces } from '../source/refusal-namespaces.ts';
import type { RefusalWatcher } from '../source/refusal-watcher.ts';

/** Refusals in this network namespace since the last call. */
export interface FedRefusals {
  /** Each with the name of its process. */
  readonly refusals: readonly NamedRefusal[];
  /** Refusals whose namespace is unknown; they may belong to another one. */
  readonly unattributed: readonly NamedRefusal[];
  /** Refusals read, whole machine. */
  readonly read: number;
  /** Refusals lost, whole machine: they came faster than they could be read. */
  readonly lost: number;
}

/** Process names are remembered: a refused process may have exited before the next call. */
const MOST_NAMES = 1000;

/** Passes on the refusals of one network namespace on request. */
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

  /** True if anything was refused since the last `take`, even in another namespace. */
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
