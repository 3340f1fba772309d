import type { ForeignText } from '../kernel/foreign-text.ts';
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
  /** Refusals lost, whole machine: they came faster than they could be read. The others have shares of them. */
  readonly lost: number;
}

/** Tells whose refusals are. */
export type RefusalAttribution = Pick<RefusalNamespaces, 'ownNamespaceOnly'>;

const NONE: FedRefusals = { refusals: [], unattributed: [], lost: 0 };

/** Process names are remembered: a refused process may have exited before the next call. */
const MOST_NAMES = 1000;

/** Passes on the refusals of one network namespace on request. */
export class RefusalFeed {
  readonly #watcher: RefusalWatcher;
  readonly #processes: ProcessFiles;
  readonly #namespaces: RefusalAttribution;
  readonly #names = new Map<number, ForeignText>();
  #waiting: FedRefusals = NONE;

  constructor(
    watcher: RefusalWatcher,
    proc: ProcRoot,
    processes: ProcessFiles,
    namespaces: RefusalAttribution = new RefusalNamespaces(proc),
  ) {
    this.#watcher = watcher;
    this.#processes = processes;
    this.#namespaces = namespaces;
  }

  /** True if anything was refused here since the last `take`, or may have been. */
  hasNews(): boolean {
    this.#read();
    const { refusals, unattributed, lost } = this.#waiting;
    return refusals.length > 0 || unattributed.length > 0 || lost > 0;
  }

  take(): FedRefusals {
    this.#read();
    const waiting = this.#waiting;
    this.#waiting = NONE;
    return waiting;
  }

  /** Whose they are is asked at once: a process may have ended by the next sample. */
  #read(): void {
    const { refusals, lost } = this.#watcher.read();
    if (refusals.length === 0 && lost === 0) return;
    const { own, unattributed } = this.#namespaces.ownNamespaceOnly(refusals);
    const named = (refusal: Refusal) => ({ ...refusal, command: this.#nameOf(refusal.pid) });
    this.#waiting = {
      refusals: [...this.#waiting.refusals, ...own.map(named)],
      unattributed: [...this.#waiting.unattributed, ...unattributed.map(named)],
      lost: this.#waiting.lost + lost,
    };
  }

  close(): void {
    this.#watcher.close();
  }

  #nameOf(pid: number | undefined): ForeignText {
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
