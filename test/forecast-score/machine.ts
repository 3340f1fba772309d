/**
 * One machine's port space in virtual time: what connect() takes, what close() leaves in TIME_WAIT, and when the
 * timer wheel lets it go (kernel/time/timer.c at HZ 250). A connect() that finds no port fails, and the demand goes on.
 */

/** The machine moves on in steps of this length, in ms. */
export const TICK_MS = 50;
export const TICKS_PER_SECOND = 1000 / TICK_MS;
/** Events of a tick lie in its middle. */
const MIDDLE_MS = TICK_MS / 2;
const TIME_WAIT_TICKS = 60 * TICKS_PER_SECOND;
const REUSE_DELAY_TICKS = TICKS_PER_SECOND;
/** How often the wheel lets go of what lasts 60 s, in seconds. */
export const WHEEL_SECONDS = 2.048;
/** Ticks that the ring of TIME_WAIT sockets holds: more than 60 s and a turn of the wheel. */
const RING = 1400;

/** Connections that are opened together, and how long each stays open, in seconds; Infinity: for ever. */
export interface Batch {
  readonly count: number;
  readonly holdSeconds: number;
}

/** A client: the connections that it wants from one moment to the next, in seconds since the start, asked in order. */
export type Client = (fromSeconds: number, toSeconds: number) => readonly Batch[];

/** What a machine is made of. */
export interface MachineOptions {
  /** Usable ports of each group. */
  readonly ports: number;
  /** True: net.ipv4.tcp_tw_reuse is 1, with the delay of 1 s. It may change while the machine runs. */
  reuse: boolean;
}

/** The ports of one group: one source address and one destination. */
export class PortGroup {
  readonly #options: MachineOptions;
  /** TIME_WAIT sockets by the tick in which they were closed. */
  readonly #closedIn: Int32Array;
  /** Live connections to be closed, by tick. */
  readonly #closing: Map<number, number>;
  #tick = 0;
  #live = 0;
  #timeWait = 0;
  /** connect() calls that found a port. */
  activeOpens = 0;
  /** Of those, the ones that took TIME_WAIT over. */
  takenOver = 0;
  /** connect() calls that found none. */
  refusals = 0;

  constructor(options: MachineOptions, twin?: PortGroup) {
    this.#options = options;
    this.#closedIn = twin === undefined ? new Int32Array(RING) : twin.#closedIn.slice();
    this.#closing = new Map(twin === undefined ? [] : twin.#closing);
    if (twin === undefined) return;
    this.#tick = twin.#tick;
    this.#live = twin.#live;
    this.#timeWait = twin.#timeWait;
  }

  /** The same ports, to go on in another way. Its counts of connect() calls begin at 0. */
  twin(): PortGroup {
    return new PortGroup(this.#options, this);
  }

  /** connect() calls that would succeed now. */
  get free(): number {
    const reusable = this.#options.reuse ? this.#reusable() : 0;
    return this.#options.ports - this.#live - this.#timeWait + reusable;
  }

  /** Moves on by one tick, in which these connections are wanted. */
  step(wanted: readonly Batch[]): void {
    this.#closedIn[this.#tick % RING] = 0;
    this.#turnWheel();
    this.#close(this.#closing.get(this.#tick) ?? 0);
    this.#closing.delete(this.#tick);
    for (const batch of wanted) this.#connect(batch);
    this.#tick++;
  }

  /** The group as the program would measure it now. */
  look() {
    const drainSchedule = Array.from({ length: 60 }, () => 0);
    let [overdueTimeWait, reusable] = [0, 0];
    for (let age = 1; age < RING; age++) {
      const count = this.#closedIn[(this.#tick - age + RING) % RING] ?? 0;
      if (count === 0) continue;
      const leftMs = 60_000 - age * TICK_MS + MIDDLE_MS;
      const second = Math.max(0, Math.floor(leftMs / 1000));
      drainSchedule[second] = (drainSchedule[second] ?? 0) + count;
      if (leftMs <= 0) overdueTimeWait += count;
      if (this.#options.reuse && age > REUSE_DELAY_TICKS) reusable += count;
    }
    const used = this.#live + this.#timeWait - reusable;
    const { ports, reuse } = this.#options;
    const closeRate = drainSchedule.slice(50).reduce((sum, count) => sum + count, 0) / 10;
    return {
      usable: ports,
      used,
      free: ports - used,
      liveUsed: this.#live,
      timeWaitUsed: this.#timeWait - reusable,
      reusable,
      headroomPercent: (100 * (ports - used)) / ports,
      drainSchedule,
      overdueTimeWait,
      closeRate,
      reusableFromAgeMs: reuse ? 1000 : undefined,
    };
  }

  #turnWheel(): void {
    const turn = (tick: number) => Math.floor((tick * TICK_MS) / (1000 * WHEEL_SECONDS));
    if (turn(this.#tick) === turn(this.#tick - 1)) return;
    for (let age = TIME_WAIT_TICKS; age < RING; age++) this.#forget(age, Infinity);
  }

  /** Takes so many sockets of an age out of TIME_WAIT; returns how many there were. */
  #forget(age: number, most: number): number {
    const at = (this.#tick - age + RING) % RING;
    const count = Math.min(most, this.#closedIn[at] ?? 0);
    this.#closedIn[at] = (this.#closedIn[at] ?? 0) - count;
    this.#timeWait -= count;
    return count;
  }

  #close(count: number): void {
    this.#live -= count;
    this.#timeWait += count;
    const at = this.#tick % RING;
    this.#closedIn[at] = (this.#closedIn[at] ?? 0) + count;
  }

  #connect({ count, holdSeconds }: Batch): void {
    const untaken = this.#options.ports - this.#live - this.#timeWait;
    const reusable = this.#options.reuse ? this.#reusable() : 0;
    const made = Math.min(count, untaken + reusable);
    this.activeOpens += made;
    this.refusals += count - made;
    if (reusable > 0) this.#takeOver(made, untaken, reusable);
    this.#live += made;
    if (holdSeconds === 0) return this.#close(made);
    if (!Number.isFinite(holdSeconds)) return;
    const due = this.#tick + Math.max(1, Math.round(holdSeconds * TICKS_PER_SECOND));
    this.#closing.set(due, (this.#closing.get(due) ?? 0) + made);
  }

  #reusable(): number {
    let sum = 0;
    for (let age = REUSE_DELAY_TICKS + 1; age < RING; age++)
      sum += this.#closedIn[(this.#tick - age + RING) % RING] ?? 0;
    return sum;
  }

  /** The search begins anywhere: a connection meets a free port or a TIME_WAIT socket by their shares, of any age. */
  #takeOver(made: number, untaken: number, reusable: number): void {
    let left = Math.max(
      made - untaken,
      Math.round((made * reusable) / Math.max(1, untaken + reusable)),
    );
    const share = left / reusable;
    let owed = 0;
    for (let age = REUSE_DELAY_TICKS + 1; age < RING && left > 0; age++) {
      owed += share * (this.#closedIn[(this.#tick - age + RING) % RING] ?? 0);
      const taken = this.#forget(age, Math.min(left, Math.round(owed)));
      this.takenOver += taken;
      owed -= taken;
      left -= taken;
    }
  }
}
