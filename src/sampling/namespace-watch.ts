import { hostname, release } from 'node:os';
import type { ForeignText } from '../kernel/foreign-text.ts';
import { namespaceFile, NETWORK_MARK } from '../kernel/namespace-names.ts';
import type { Place } from '../kernel/place.ts';
import type { Sample } from '../model/sample/sample.ts';
import type { TupleGroup } from '../model/sample/tuple-group.ts';
import { systemClock } from '../source/clock.ts';
import { type KernelReader, kernelReader, readSocketCount } from '../source/kernel-files.ts';
import { outsideText } from '../source/namespace-place.ts';
import { entrances, type NetworkNamespace } from '../source/network-namespaces.ts';
import { OwnerFinder } from '../source/owner-finder.ts';
import type { OwnerPace } from '../source/owner-pace.ts';
import { ProcessFiles } from '../source/process-files.ts';
import { enteredRoot, filesAt, type ProcFiles } from '../source/proc-root.ts';
import { enterThroughAny, howToEnter } from '../source/set-namespace.ts';
import { SourceError } from '../source/source-error.ts';
import { ifThere, inodeOf, isForbidden } from '../source/read-file.ts';
import type { WatchedPlace } from '../source/watched-place.ts';
import { fallbackTrace } from './fallback.ts';
import type { NamespaceWorld } from './namespace-world.ts';
import { type PlaceSampler, placeSampler } from './place-sampler.ts';
import { readerOf } from './readers.ts';
import { refusalLog } from './refusal-log.ts';
import type { PlaceState } from './round-plan.ts';
import type { Pacing } from './source.ts';

const ONE_LOOK = 'refusals of a network namespace are watched from within it.';

/**
 * One of many network namespaces under watch. Nothing is kept open between two readings, which would keep the namespace
 * alive. Reads in this thread, which moves from namespace to namespace.
 */
export class NamespaceWatch {
  readonly #place: Place;
  readonly #world: NamespaceWorld;
  #namespace: NetworkNamespace;
  #sampler: { readonly take: PlaceSampler; readonly read: KernelReader } | undefined;
  /** Inode of its net/netstat, by which refusals are told apart. */
  #mark: number | undefined;
  /** True once it was found that this thread may not enter. */
  #isOutside: boolean;
  #last: Sample | undefined;
  #readMs: number | undefined;
  /** When the last sample was handed out, read or renewed; undefined: there was none. */
  #toldMs: number | undefined;
  #countedMs = -Infinity;
  #sockets = 0;
  #socketsRead = 0;
  #usedShare = 0;

  constructor(place: Place, namespace: NetworkNamespace, world: NamespaceWorld) {
    this.#place = place;
    this.#namespace = namespace;
    this.#world = world;
    this.#isOutside = world.cannotEnter !== undefined && place.kind !== 'here';
  }

  get id(): string {
    return this.#place.id;
  }

  get name(): ForeignText {
    return this.#place.name;
  }

  /** With a file of it that is there now: the process of an hour ago may have ended. */
  get place(): Place {
    if (this.#place.kind === 'here') return this.#place;
    const { mountPath, pids } = this.#namespace;
    const [pid] = pids;
    const ofProcess = pid === undefined ? undefined : this.#world.processes.path(`${pid}/ns/net`);
    return { ...this.#place, file: namespaceFile([mountPath, ofProcess]) };
  }

  /** The processes and the mount, as they are now. */
  update(namespace: NetworkNamespace): void {
    this.#namespace = namespace;
  }

  get namespace(): NetworkNamespace {
    return this.#namespace;
  }

  /** True if it is read through its processes, as this user may not enter. */
  get isOutside(): boolean {
    return this.#isOutside;
  }

  /** When the sockets were counted last, in ms of the monotonic clock. */
  get countedMs(): number {
    return this.#countedMs;
  }

  /** Counts the sockets, which costs a hundredth of reading them. A namespace that cannot be counted keeps its last count. */
  count(): void {
    this.#countedMs = systemClock.monotonicMs();
    const sockets = ifThere(() => readSocketCount(this.#countedFiles()));
    if (sockets !== undefined) this.#sockets = sockets;
  }

  state(): PlaceState {
    return {
      readMs: this.#readMs,
      sockets: this.#sockets,
      socketsRead: this.#socketsRead,
      rangeSize: this.#last?.portSpace.size ?? 1,
      usedShare: this.#usedShare,
      hasNews: this.#sampler?.take.hasNews() ?? false,
    };
  }

  /** Throws SourceError if it cannot be read now. */
  take(pacing?: Pacing): Sample {
    const nowMs = systemClock.monotonicMs();
    if (!this.#isOutside) this.#enterOrStayOutside();
    this.#sampler ??= this.#open();
    const { take, read } = this.#sampler;
    const sockets = this.#sockets;
    try {
      const sample = { ...take(pacing), place: this.place };
      this.#last = sample;
      this.#readMs = nowMs;
      this.#toldMs = systemClock.monotonicMs();
      this.#socketsRead = sockets;
      this.#usedShare = sample.groups.reduce((most, group) => Math.max(most, shareOf(group)), 0);
      return sample;
    } finally {
      read.close();
    }
  }

  /** Waits for its next turn, as if it had been read. */
  skip(): void {
    this.#readMs = systemClock.monotonicMs();
  }

  /** Is due at once, as if it had never been read. */
  hasten(): void {
    this.#readMs = undefined;
    this.#toldMs = -Infinity;
  }

  /**
   * The last sample as of now, if that is `everyMs` old, and nothing can have changed: there were no sockets, and there
   * are none.
   */
  renewed(nowMs: number, everyMs: number, pacing: Pacing): Sample | undefined {
    if (nowMs - (this.#toldMs ?? nowMs) < everyMs) return undefined;
    if (this.#last === undefined || this.#sockets > 0 || this.#socketsRead > 0) return undefined;
    this.#toldMs = nowMs;
    const { sampling } = this.#last;
    this.#last = {
      ...this.#last,
      takenAtMs: systemClock.nowMs(),
      sampling: { ...sampling, pacing },
    };
    return this.#last;
  }

  close(): void {
    this.#sampler?.take.close();
    if (this.#mark !== undefined) this.#world.refusals?.forget(this.#mark);
  }

  #enterOrStayOutside(): void {
    try {
      this.#enter();
    } catch (error) {
      if (!isForbidden(error)) throw error;
      this.#isOutside = true;
      this.#sampler = undefined;
    }
  }

  /** Throws as `enterThroughAny` does. */
  #enter(): void {
    const { cannotEnter, home, processes } = this.#world;
    if (cannotEnter !== undefined) return;
    const ways = entrances(this.#namespace, processes);
    enterThroughAny(this.#place.kind === 'here' ? [home, ...ways] : ways, this.#namespace.inode);
  }

  #open(): { take: PlaceSampler; read: KernelReader } {
    const { settings, processes, kit, ownersHidden, configuredPorts } = this.#world;
    const isHere = this.#place.kind === 'here';
    const proc = this.#isOutside ? this.#outsideFiles() : enteredRoot();
    const watched: WatchedPlace = {
      place: this.place,
      hostname: hostname(),
      kernelRelease: release(),
      proc,
      sysctlProc: proc,
      ...(this.#isOutside && { sysctlsElsewhere: outsideText('this network namespace') }),
      ...(isHere && { configuredPorts }),
    };
    const elsewhere = this.#isOutside ? ONE_LOOK : undefined;
    const reader = readerOf(watched, settings, elsewhere, undefined, { kit });
    const read = withoutSockets(
      reader,
      kernelReader('netlink', watched, systemClock, NO_SOCKETS, kit.table),
      () => this.#sockets === 0 && !this.#isOutside,
    );
    const own = new ProcessFiles(processes, () => this.#namespace.pids);
    const { ownerPace } = settings;
    const take = placeSampler({
      read,
      fallbackNotes: fallbackTrace(reader, undefined),
      owners: new OwnerFinder(own, systemClock, isHere ? ownerPace : ownerPace && soon(ownerPace)),
      ownersHidden,
      refusals: this.#refusalLog(own),
      mostGroups: settings.mostGroups,
      trace: undefined,
    });
    return { take, read };
  }

  #refusalLog(processes: ProcessFiles) {
    const { refusals, settings } = this.#world;
    const elsewhere = this.#isOutside ? ONE_LOOK : undefined;
    const isSingle = settings.isSingle ?? false;
    const mark = isSingle ? undefined : inodeOf(THREAD_MARK);
    if (refusals === undefined || mark === undefined || elsewhere !== undefined)
      return refusalLog(
        { ...settings, isSingle, elsewhere: elsewhere ?? ONE_LOOK },
        processes,
        undefined,
      );
    this.#mark = mark;
    const { watch, attribution } = refusals.of(mark);
    const world = { watch, attribution, clock: systemClock };
    return refusalLog({ ...settings, isSingle }, processes, undefined, world);
  }

  /** Through a process there is no need to enter. */
  #countedFiles(): ProcFiles {
    if (this.#isOutside || this.#namespace.pids.length > 0) return this.#outsideFiles();
    this.#enter();
    return enteredRoot();
  }

  /** Through whichever process is there. */
  #outsideFiles(): ProcFiles {
    return filesAt((relative) => {
      const [pid] = this.#namespace.pids;
      if (pid === undefined)
        throw new SourceError(
          `no process shows it, and this user may not enter it: ${howToEnter()}.`,
        );
      return this.#world.processes.path(`${pid}/${relative}`);
    });
  }
}

const THREAD_MARK = `/proc/thread-self/${NETWORK_MARK}`;

/** Where the counters say that there is no socket, a walk through everybody's would find none. */
const NO_SOCKETS = { read: () => ({ leftOut: 0 }) };

function withoutSockets(
  reader: KernelReader,
  empty: KernelReader,
  isEmpty: () => boolean,
): KernelReader {
  let current = reader;
  const read = () => (current = isEmpty() ? empty : reader)();
  return Object.assign(read, {
    timestampsOf: (rows: readonly number[]) => current.timestampsOf?.(rows),
    close: () => reader.close(),
  });
}

/** A namespace has few processes, and may not be read again for a while: the first sample is to have its owners. */
function soon(pace: OwnerPace): OwnerPace {
  return Number.isFinite(pace.firstDelayMs) ? { ...pace, firstDelayMs: 0 } : pace;
}

function shareOf({ used, usable }: TupleGroup): number {
  return usable <= 0 ? 1 : used / usable;
}
