import { type ForeignText, printable } from '../../kernel/foreign-text.ts';
import type { EachInode, SocketOwners } from '../../kernel/socket-owners.ts';
import type { SocketTable } from '../../kernel/socket-table.ts';
import { LIVE, type TupleRows } from './tuple-rows.ts';

/** A process that holds connections of a group. */
export interface GroupOwner {
  readonly pid: number;
  /** Its name; may be empty. */
  readonly command: ForeignText;
  /** Number of the group's sockets it holds; 0: it held some within the last minute, and all have closed. */
  readonly sockets: number;
}

/** Who holds a group's connections. */
export interface GroupOwners {
  /** Most sockets first. */
  readonly owners: readonly GroupOwner[];
  /** Sockets held by a process that is not known. TIME_WAIT has no process and does not count. */
  readonly unownedSockets: number;
}

/** The name of the process that holds most of a group's sockets, as it is printed; undefined if not known. */
export function mainOwner({ owners }: GroupOwners): string | undefined {
  const name = printable(owners[0]?.command ?? '').trim();
  return name === '' ? undefined : name;
}

/** The inodes of these tuples' live connections. TIME_WAIT has none. */
export function inodesOf(
  sockets: SocketTable,
  { rows, timeWaitLeftMs }: Pick<TupleRows, 'rows' | 'timeWaitLeftMs'>,
): EachInode {
  return (visit) => {
    // By index: an iterator takes several times as long, and most of hundreds of thousands may be TIME_WAIT.
    for (let at = 0; at < rows.length; at++) {
      const inode = timeWaitLeftMs[at] === LIVE ? (sockets.inode[rows[at] ?? 0] ?? 0) : 0;
      if (inode !== 0) visit(inode);
    }
  };
}

/** Counts sockets by owner, one group after the other. Allocates nothing per socket. */
export class OwnerTally {
  readonly #source: SocketOwners;
  readonly #sockets = new Map<number, number>();
  #unowned = 0;
  // Neighbouring rows mostly have the same owner, so the map is updated once per run of them.
  #pid = 0;
  #run = 0;

  constructor(source: SocketOwners) {
    this.#source = source;
  }

  /** Counts one socket; inode 0 is none. */
  add(inode: number): void {
    if (inode === 0) return;
    const pid = this.#source.pidOf(inode);
    if (pid === 0) this.#unowned++;
    else if (pid === this.#pid) this.#run++;
    else {
      this.#endRun();
      this.#pid = pid;
      this.#run = 1;
    }
  }

  /** Returns the counts since the last call, and starts again. */
  take(): GroupOwners {
    this.#endRun();
    const owners = Array.from(this.#sockets, ([pid, sockets]) => ({
      pid,
      command: this.#source.commandOf(pid),
      sockets,
    }));
    const unownedSockets = this.#unowned;
    this.#sockets.clear();
    this.#unowned = 0;
    return {
      owners: owners.toSorted((a, b) => b.sockets - a.sockets || a.pid - b.pid),
      unownedSockets,
    };
  }

  #endRun(): void {
    if (this.#run > 0)
      this.#sockets.set(this.#pid, (this.#sockets.get(this.#pid) ?? 0) + this.#run);
    this.#pid = 0;
    this.#run = 0;
  }
}
