import { sum } from '../model/line-fit.ts';
import type { Refusal } from '../kernel/perf-ring.ts';
import type { Clock } from '../source/clock.ts';
import { RefusalNamespaces } from '../source/refusal-namespaces.ts';
import type { RefusalWatch, RefusalWatcher } from '../source/refusal-watcher.ts';
import type { ProcRoot } from '../source/proc-root.ts';
import type { RefusalAttribution } from './refusal-feed.ts';

/** Refusals that wait for a place; more come only if it is never looked at. */
const MOST_WAITING = 10_000;
/** Retry interval while refusals cannot be seen. */
const AGAIN_MS = 10_000;

/** Of one place: what it has not taken yet. */
interface Queue {
  readonly own: Refusal[];
  /** Of unknown namespace: perhaps of this one. */
  readonly unattributed: Refusal[];
}

/** A place's part of the refusals, in the form that a log takes. */
export interface PlaceRefusals {
  readonly watch: () => RefusalWatch;
  readonly attribution: RefusalAttribution;
}

/**
 * One watch for the refusals of the whole machine, split by network namespace: the kernel's rings are opened and read
 * once, however many places there are. A refusal of unknown namespace is offered to every place.
 */
export class MachineRefusals {
  readonly #open: () => RefusalWatch;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #namespaces: RefusalNamespaces;
  readonly #queues = new Map<number, Queue>();
  #watch: RefusalWatch | undefined;
  #nextMs = -Infinity;

  /** `processes` lists the processes of this pid namespace. */
  constructor(open: () => RefusalWatch, processes: ProcRoot, clock: Pick<Clock, 'monotonicMs'>) {
    this.#open = open;
    this.#clock = clock;
    this.#namespaces = new RefusalNamespaces(processes);
  }

  /** The refusals of the namespace whose net/netstat has this inode. They are kept from now on, until `forget`. */
  of(inode: number): PlaceRefusals {
    const queue: Queue = { own: [], unattributed: [] };
    this.#queues.set(inode, queue);
    const watcher: RefusalWatcher = {
      read() {
        const refusals = [...queue.own, ...queue.unattributed];
        return { refusals, lost: sum(refusals.map(({ lostBeside = 0 }) => lostBeside)) };
      },
      close: () => {},
    };
    const attribution: RefusalAttribution = {
      ownNamespaceOnly: () => ({
        own: queue.own.splice(0),
        unattributed: queue.unattributed.splice(0),
        elsewhere: 0,
      }),
    };
    return {
      watch: () => {
        const watch = this.#opened();
        return 'unseen' in watch ? watch : { watcher };
      },
      attribution,
    };
  }

  forget(inode: number): void {
    this.#queues.delete(inode);
  }

  /** Takes what the kernel has, for the places' logs. Call it before their samples are taken. */
  pump(): void {
    const watch = this.#opened();
    if ('unseen' in watch) return;
    for (const refusal of watch.watcher.read().refusals) {
      const inode = this.#namespaces.namespaceOf(refusal);
      const queue = inode === undefined ? undefined : this.#queues.get(inode);
      if (queue !== undefined) {
        if (queue.own.length < MOST_WAITING) queue.own.push(refusal);
      } else if (inode === undefined) {
        for (const { unattributed } of this.#queues.values())
          if (unattributed.length < MOST_WAITING) unattributed.push(refusal);
      }
    }
  }

  close(): void {
    if (this.#watch !== undefined && 'watcher' in this.#watch) this.#watch.watcher.close();
    this.#watch = undefined;
  }

  #opened(): RefusalWatch {
    const isOpen = this.#watch !== undefined && 'watcher' in this.#watch;
    if (this.#watch !== undefined && (isOpen || this.#clock.monotonicMs() < this.#nextMs))
      return this.#watch;
    this.#nextMs = this.#clock.monotonicMs() + AGAIN_MS;
    return (this.#watch = this.#open());
  }
}
