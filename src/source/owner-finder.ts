import type { ForeignText } from '../kernel/foreign-text.ts';
import { InodeTable } from '../kernel/inode-table.ts';
import type { EachInode, FindOwners, OpenFiles, SocketOwners } from '../kernel/socket-owners.ts';
import type { Clock } from './clock.ts';
import { type OwnerPace, THOROUGH } from './owner-pace.ts';
import type { ProcessFiles, Steps } from './process-files.ts';

// Values in the table for a socket whose owner is not known (pids are positive).
/** Known before the search began: the search continues until its owner is found. */
const SOUGHT = 0;
/** Appeared during the search, which may have missed it. */
const LATE = -1;
/** Not found: the kernel's own (NFS), or of a process we may not read. */
const NOT_FOUND = -2;

/** How many of the processes with the newest sockets are searched before all others. */
const BUSY_PROCESSES = 8;

/** Interval at which a search retries sockets whose owner was not found. */
const WHOLE_SEARCH_MS = 30_000;

/**
 * Finds the processes that hold sockets, from /proc/PID/fd. A result is kept for the life of the socket,
 * during which its inode is unique. A search starts with the processes that had sockets before, and ends
 * once all owners are found; sockets that close meanwhile are no longer searched for.
 *
 * A socket shared by several processes (fork) is attributed to the lowest pid of those searched.
 */
export class OwnerFinder implements SocketOwners {
  readonly #processes: ProcessFiles;
  readonly #clock: Clock;
  readonly #pace: OwnerPace;
  #table = new InodeTable(0);
  /** How many sockets in the table are SOUGHT or LATE. */
  #open = { sought: 0, late: 0 };
  /** Name of each process in which a socket was found. */
  readonly #commands = new Map<number, ForeignText>();
  readonly #files = new Map<number, OpenFiles>();
  /** The highest inode, roughly the newest socket, of each process with sockets. */
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

  commandOf(pid: number): ForeignText {
    return this.#commands.get(pid) ?? '';
  }

  filesOf(pid: number): OpenFiles | undefined {
    return this.#files.get(pid);
  }

  get unseenProcesses(): number {
    return this.#refused.size;
  }

  /** True while a search is under way; it continues in the next call. */
  get isSearching(): boolean {
    return this.#search !== undefined;
  }

  /** Searches for the owners of these sockets, if it is time to and as far as the budget allows. */
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
      // Newer sockets are found as well if their process is still to be searched.
      this.#renewTable(eachInode, (known) => known ?? LATE);
    }
    this.#work(this.#search, startedMs);
    return this;
  };

  /** Abandons a search under way, and closes what it has open. */
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

  /** Keeps only sockets still of interest; `update` gives each its new value. */
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
    // With short connections there are always late ones: search all processes for them only once in a while.
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
   * Processes that had sockets before most likely own the new ones too. Those with the newest sockets come first:
   * their connections may be too short to last until later in the search.
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
