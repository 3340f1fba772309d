import { InodeTable } from '../kernel/inode-table.ts';
import type { EachInode, FindOwners, OpenFiles, SocketOwners } from '../kernel/socket-owners.ts';
import type { Clock } from './clock.ts';
import type { ProcessFiles, Steps } from './process-files.ts';

/** How much of the time may go into the search for owners; plain data, so that it can be handed to a thread. */
export interface OwnerPace {
  /** Ms from the end of a search to the next one, at least. */
  readonly intervalMs: number;
  /** The rest after a search is so many times what the search took, at least. */
  readonly restRatio: number;
  /** Ms of looking in one call; a search that needs more goes on with the next call. */
  readonly budgetMs: number;
  /** Ms from the first call to the first search. */
  readonly firstDelayMs: number;
  /** `budgetMs` of the first search. */
  readonly firstBudgetMs: number;
}

/** Every call finds all that can be found, as long as it takes. */
export const THOROUGH: OwnerPace = {
  intervalMs: 0,
  restRatio: 0,
  budgetMs: Infinity,
  firstDelayMs: 0,
  firstBudgetMs: Infinity,
};

/** The first call takes nothing, none of a later search long, and all together at most 1 % of the time. Somebody waits for the first search: it may do a few hundred processes at once. */
export const IN_PASSING: OwnerPace = {
  intervalMs: 5000,
  restRatio: 100,
  budgetMs: 10,
  firstDelayMs: 1,
  firstBudgetMs: 60,
};

// What stands in the table for a socket whose owner is not known (pids are positive).
/** Known since before the search began: it goes on until the owner is found. */
const SOUGHT = 0;
/** Came up while the search was under way, and may have been missed by it. */
const LATE = -1;
/** Looked for in vain: the kernel's own (NFS), or of a process that must not be looked at. */
const NOT_FOUND = -2;

/** How many of the processes that made a socket last are looked at before all others. */
const BUSY_PROCESSES = 8;

/** Every so often a search takes nothing for granted: it looks again for what was not found. */
const WHOLE_SEARCH_MS = 30_000;

/**
 * Finds the processes that hold sockets, from /proc/PID/fd. What is found is kept as long as the socket is
 * there, since inodes are unique as long. A search looks at the processes that had sockets before first,
 * and ends as soon as all that is sought was found; sockets that close meanwhile are no longer sought.
 *
 * A socket of several processes (fork) is given to the lowest pid of those that were looked at.
 */
export class OwnerFinder implements SocketOwners {
  readonly #processes: ProcessFiles;
  readonly #clock: Clock;
  readonly #pace: OwnerPace;
  #table = new InodeTable(0);
  /** How many sockets in the table are SOUGHT or LATE. */
  #open = { sought: 0, late: 0 };
  /** Name of each process in which a socket was found. */
  readonly #commands = new Map<number, string>();
  readonly #files = new Map<number, OpenFiles>();
  /** The highest inode, which is about the youngest socket, of each process that has any. */
  readonly #youngest = new Map<number, number>();
  readonly #refused = new Set<number>();
  #search: Steps<void> | undefined;
  #searchMs = 0;
  #isFirstSearch = true;
  #dueMs: number | undefined;
  #wholeSearchDueMs = -Infinity;

  constructor(processes: ProcessFiles, clock: Clock, pace: OwnerPace = THOROUGH) {
    this.#processes = processes;
    this.#clock = clock;
    this.#pace = pace;
  }

  pidOf(inode: number): number {
    return Math.max(0, this.#table.get(inode) ?? 0);
  }

  commandOf(pid: number): string {
    return this.#commands.get(pid) ?? '';
  }

  filesOf(pid: number): OpenFiles | undefined {
    return this.#files.get(pid);
  }

  get unseenProcesses(): number {
    return this.#refused.size;
  }

  /** True while a search is under way, which goes on with the next call. */
  get isSearching(): boolean {
    return this.#search !== undefined;
  }

  /** Looks for the owners of these sockets, as far as it is time to and the budget allows. */
  readonly find: FindOwners = (eachInode) => {
    const startedMs = this.#clock.monotonicMs();
    this.#dueMs ??= startedMs + this.#pace.firstDelayMs;
    if (this.#search === undefined) {
      if (startedMs < this.#dueMs) return this;
      const whole = startedMs >= this.#wholeSearchDueMs;
      if (whole) this.#wholeSearchDueMs = startedMs + WHOLE_SEARCH_MS;
      this.#searchMs = 0;
      this.#renewTable(eachInode, (known) =>
        known === undefined || known === LATE || (whole && known === NOT_FOUND) ? SOUGHT : known,
      );
      this.#search = this.#lookForOwners(whole);
    } else {
      // What came up since is found as well, if its process is still to come.
      this.#renewTable(eachInode, (known) => known ?? LATE);
    }
    this.#work(this.#search, startedMs);
    return this;
  };

  /** Gives up a search that is under way, and what it has open. */
  close(): void {
    this.#search?.return();
    this.#search = undefined;
  }

  #work(search: Steps<void>, startedMs: number): void {
    const { intervalMs, restRatio, budgetMs, firstBudgetMs } = this.#pace;
    // Not from the start: with very many sockets the new table alone takes as long, and nothing would be done.
    const endMs = this.#clock.monotonicMs() + (this.#isFirstSearch ? firstBudgetMs : budgetMs);
    for (;;) {
      const { done } = search.next();
      const nowMs = this.#clock.monotonicMs();
      if (done !== true && nowMs < endMs) continue;
      this.#searchMs += nowMs - startedMs;
      if (done === true) {
        this.#search = undefined;
        this.#isFirstSearch = false;
        this.#dueMs = nowMs + Math.max(intervalMs, this.#searchMs * restRatio);
      }
      return;
    }
  }

  /** Keeps of the table what is still of interest; `update` gives each socket its new value. */
  #renewTable(eachInode: EachInode, update: (known: number | undefined) => number): void {
    let count = 0;
    eachInode(() => count++);
    const table = new InodeTable(count);
    const open = { sought: 0, late: 0 };
    eachInode((inode) => {
      // While /proc is read, a socket that changes can be listed twice.
      if (table.get(inode) !== undefined) return;
      const value = update(this.#table.get(inode));
      table.set(inode, value);
      if (value === SOUGHT) open.sought++;
      else if (value === LATE) open.late++;
    });
    this.#table = table;
    this.#open = open;
  }

  *#lookForOwners(whole: boolean): Steps<void> {
    yield* this.#checkOwners();
    // Where connections are short there are late ones always: only once in a while are they worth a look at everything.
    const isDone = () => this.#open.sought === 0 && (!whole || this.#open.late === 0);
    if (isDone()) return;
    for (const _ of this.#lookAtAll()) {
      if (isDone()) return;
      yield;
    }
    this.#table.replace(SOUGHT, NOT_FOUND);
  }

  *#lookAtAll(): Steps<void> {
    const likely = this.#likelyOwners();
    for (const pid of likely) yield* this.#lookAt(pid);
    const pids = new Set(yield* this.#processes.pids());
    for (const pid of this.#refused) if (!pids.has(pid)) this.#refused.delete(pid);
    for (const pid of this.#youngest.keys()) if (!pids.has(pid)) this.#youngest.delete(pid);
    for (const pid of likely) pids.delete(pid);
    for (const pid of pids) yield* this.#lookAt(pid);
  }

  /**
   * Those in which sockets were found before most likely have the new ones too. Those that have just made
   * some may well be the ones whose connections are too short to be still there later in the search.
   */
  #likelyOwners(): number[] {
    const busy = [...this.#youngest]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, BUSY_PROCESSES)
      .map(([pid]) => pid);
    return [...new Set([...this.#commands.keys(), ...busy])].toSorted((a, b) => a - b);
  }

  /** Names change (exec), and a socket may outlive the process that it was found in (fork). */
  *#checkOwners(): Steps<void> {
    for (const pid of this.#commands.keys()) {
      const command = this.#processes.command(pid);
      if (command === undefined) {
        this.#commands.delete(pid);
        this.#files.delete(pid);
        this.#open.sought += this.#table.replace(pid, SOUGHT);
      } else this.#commands.set(pid, command);
      yield;
    }
  }

  *#lookAt(pid: number): Steps<void> {
    let youngest = 0;
    let open = 0;
    const outcome = yield* this.#processes.sockets(
      pid,
      (inode) => {
        youngest = Math.max(youngest, inode);
        this.#assign(inode, pid);
      },
      () => open++,
    );
    if (outcome === 'seen' && this.#commands.has(pid)) this.#noteFiles(pid, open);
    this.#youngest.delete(pid);
    if (youngest > 0) this.#youngest.set(pid, youngest);
    if (outcome === 'refused') this.#refused.add(pid);
    else this.#refused.delete(pid);
    yield;
  }

  #noteFiles(pid: number, open: number): void {
    const limits = this.#processes.openFilesLimits(pid);
    if (limits === undefined) this.#files.delete(pid);
    else this.#files.set(pid, { open, ...limits });
  }

  #assign(inode: number, pid: number): void {
    const known = this.#table.get(inode);
    if (known === undefined || (known > 0 && known <= pid)) return;
    if (known === SOUGHT) this.#open.sought--;
    else if (known === LATE) this.#open.late--;
    this.#table.set(inode, pid);
    if (!this.#commands.has(pid)) this.#commands.set(pid, this.#processes.command(pid) ?? '');
  }
}
