import { hostname } from 'node:os';
import { statSync } from 'node:fs';
import { type ForeignText, printable, rawText } from '../kernel/foreign-text.ts';
import type { Place } from '../kernel/place.ts';
import type { LostPlace } from '../model/places.ts';
import type { Sample } from '../model/sample/sample.ts';
import { systemClock } from '../source/clock.ts';
import { nameOfNamespace } from '../source/namespace-name.ts';
import { type NetworkNamespace, NetworkNamespaces } from '../source/network-namespaces.ts';
import type { ProcRoot } from '../source/proc-root.ts';
import { errorCode, failureReason } from '../source/read-file.ts';
import { SourceError } from '../source/source-error.ts';
import type { Trace } from '../source/trace.ts';
import { systemCpuMeter } from './cpu-budget.ts';
import { NamespaceWatch } from './namespace-watch.ts';
import { type NamespaceWorld, openWorld } from './namespace-world.ts';
import { LONGEST_FAILURE_MS } from './patience.ts';
import type { PlacesRound } from './places-round.ts';
import { dueFirst, readEveryMs } from './round-plan.ts';
import type { SamplerSettings } from './settings.ts';
import type { Pacing } from './source.ts';

/** What one round through the namespaces has found. */
export interface Round {
  /** Of the places that were read in it; a place that was not keeps its last sample, and that its time. */
  readonly samples: readonly Sample[];
  /** The places that have gone. */
  readonly gone: readonly Place[];
}

/** How often namespaces are listed, at least so many times as long as a list takes. */
const LIST = { everyMs: 2000, timesItsCost: 100 } as const;
/** How often sockets are counted where few are: longer with very many namespaces. */
const COUNT = { everyMs: 1000, perPlaceMs: 4 } as const;
/** How often a place without sockets is told to be so still. */
const RENEW = { everyMs: 5000, perPlaceMs: 20 } as const;
/** A clock that is only corrected is changed by less from round to round. */
const CLOCK_STEP_MS = 1000;
/** CPU time that a round may take as long as some place has never been read: somebody waits. */
const FIRST_ROUNDS_MS = 100;

/** Goes round all network namespaces of this machine with one thread. */
export class NamespaceRounds {
  readonly #world: NamespaceWorld;
  readonly #trace: Trace | undefined;
  readonly #list: NetworkNamespaces;
  readonly #watches = new Map<string, NamespaceWatch>();
  readonly #homeId: string;
  #nextListMs = -Infinity;
  /** What the monotonic clock lacks to the time of day, as of the last round. */
  #clockOffsetMs = NaN;
  /** Since when the namespaces could not be listed again. */
  #unlistedMs: number | undefined;

  /** Throws SourceError where no namespace can be seen at all. */
  constructor(settings: SamplerSettings, trace?: Trace) {
    this.#world = openWorld(settings, trace);
    this.#trace = trace;
    this.#list = new NetworkNamespaces(this.#world.processes);
    this.#homeId = `net:${statSync(this.#world.home).ino}`;
  }

  get world(): NamespaceWorld {
    return this.#world;
  }

  /** The namespaces under watch, as of the last round. */
  get watches(): readonly NamespaceWatch[] {
    return [...this.#watches.values()];
  }

  /** Reads what is most urgent, for `allowanceMs` of this thread's CPU time or a little more. */
  round(pacing: Pacing, allowanceMs: number): Round {
    const startedMs = systemClock.monotonicMs();
    this.#followClock(startedMs);
    const gone = this.#listNow(startedMs);
    this.#world.refusals?.pump();
    this.#count(startedMs);
    const places = this.watches.map((watch) => [watch, watch.state()] as const);
    const isNew = places.some(([, { readMs }]) => readMs === undefined);
    const endMs =
      systemCpuMeter.threadMs() + (isNew ? Math.max(FIRST_ROUNDS_MS, allowanceMs) : allowanceMs);
    const samples: Sample[] = [];
    for (const watch of dueFirst(places, startedMs, pacing.intervalMs)) {
      if (samples.length > 0 && systemCpuMeter.threadMs() >= endMs) break;
      const taken = this.#take(watch, pacing);
      if (!('reason' in taken)) samples.push(taken);
    }
    samples.push(...this.#renewed(startedMs, pacing));
    return { samples, gone };
  }

  /**
   * Reads all of them once, however long it takes; those without sockets at the cost of a count. One that has gone
   * meanwhile is left out, and one that cannot be read is lost. Throws SourceError where none can be found.
   */
  whole(pacing?: Pacing): PlacesRound {
    this.#nextListMs = -Infinity;
    this.#listNow(systemClock.monotonicMs());
    this.#world.refusals?.pump();
    for (const watch of this.watches) watch.count();
    const taken = this.watches.map((watch) => this.#take(watch, pacing));
    const { samples, lost } = sorted(taken);
    if (lost.length === 0) return { samples, lost };
    // Again, with the processes that are there now.
    this.#listNow(systemClock.monotonicMs());
    const unread = new Set(lost.map(({ placeId }) => placeId));
    const again = this.watches.filter(({ id }) => unread.has(id));
    const second = sorted(again.map((watch) => this.#take(watch, pacing)));
    return { samples: [...samples, ...second.samples], lost: second.lost };
  }

  close(): void {
    for (const watch of this.#watches.values()) watch.close();
    this.#world.close();
  }

  /** A sample, or why there is none. */
  #take(watch: NamespaceWatch, pacing: Pacing | undefined): Sample | LostPlace {
    try {
      return watch.take(pacing);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      const { id, name } = watch;
      // The next list tells whether it has gone.
      this.#list.doubt(id);
      this.#nextListMs = -Infinity;
      this.#trace?.(`no sample of ${id}: ${error.message}`);
      watch.skip();
      return { placeId: id, name: printable(name), reason: error.message };
    }
  }

  /** After a clock was set, or the machine was suspended, samples would seem hours old, or to come: all are due. */
  #followClock(nowMs: number): void {
    const offsetMs = systemClock.nowMs() - nowMs;
    const isSet = Math.abs(offsetMs - this.#clockOffsetMs) >= CLOCK_STEP_MS;
    this.#clockOffsetMs = offsetMs;
    if (!isSet) return;
    for (const watch of this.watches) watch.hasten();
  }

  #renewed(nowMs: number, pacing: Pacing): Sample[] {
    const everyMs = Math.max(RENEW.everyMs, RENEW.perPlaceMs * this.#watches.size);
    return this.watches.flatMap((watch) => watch.renewed(nowMs, everyMs, pacing) ?? []);
  }

  #count(nowMs: number): void {
    const everyMs = Math.max(COUNT.everyMs, COUNT.perPlaceMs * this.#watches.size);
    for (const watch of this.#watches.values())
      if (nowMs - watch.countedMs >= everyMs || readEveryMs(watch.state()) === 0) watch.count();
  }

  /** Lists the namespaces if it is time to; returns those that have gone. */
  #listNow(nowMs: number): Place[] {
    if (nowMs < this.#nextListMs) return [];
    const listed = this.#listed(nowMs);
    if (listed === undefined) return [];
    const found = new Map(listed.map((namespace) => [namespace.id, namespace]));
    const gone: Place[] = [];
    for (const [id, watch] of this.#watches) {
      const namespace = found.get(id);
      if (namespace !== undefined) watch.update(namespace);
      else gone.push(this.#drop(watch));
    }
    for (const [id, namespace] of found) if (!this.#watches.has(id)) this.#add(namespace);
    const tookMs = systemClock.monotonicMs() - nowMs;
    this.#nextListMs = nowMs + Math.max(LIST.everyMs, LIST.timesItsCost * tookMs);
    return gone;
  }

  /** Undefined where they cannot be listed now, and those that are known are watched on. Throws SourceError where that lasts. */
  #listed(nowMs: number): NetworkNamespace[] | undefined {
    try {
      const found = namespacesOf(this.#list, this.#world.processes);
      this.#unlistedMs = undefined;
      return found;
    } catch (error) {
      if (!(error instanceof SourceError) || this.#watches.size === 0) throw error;
      this.#unlistedMs ??= nowMs;
      if (nowMs - this.#unlistedMs >= LONGEST_FAILURE_MS) throw error;
      this.#trace?.(`namespaces: ${error.message}`);
      return undefined;
    }
  }

  #drop(watch: NamespaceWatch): Place {
    const { place } = watch;
    watch.close();
    this.#watches.delete(place.id);
    this.#trace?.(`namespace gone: ${place.id}`);
    return place;
  }

  #add(namespace: NetworkNamespace): void {
    const { id } = namespace;
    const isHome = id === this.#homeId;
    const name = isHome ? hostname() : nameOfNamespace(namespace, this.#world.processes);
    const place: Place = {
      kind: isHome ? 'here' : 'namespace',
      id,
      name: this.#distinct(name, namespace),
    };
    this.#watches.set(id, new NamespaceWatch(place, namespace, this.#world));
    this.#trace?.(`namespace: ${id}, ${namespace.pids.length} processes`);
  }

  /** A name that no other place has: two pods may have the same host name. */
  #distinct(name: ForeignText, { pids, id }: NetworkNamespace): ForeignText {
    const isTaken = this.watches.some((watch) => watch.name === name);
    return isTaken ? `${rawText(name)}[${pids[0] ?? id}]` : name;
  }
}

function sorted(taken: readonly (Sample | LostPlace)[]): PlacesRound {
  const samples = taken.flatMap((each) => ('reason' in each ? [] : each));
  return { samples, lost: taken.flatMap((each) => ('reason' in each ? each : [])) };
}

/** Throws SourceError where the processes cannot be listed, or there is none, not even this one: all would look healthy. */
function namespacesOf(list: NetworkNamespaces, { mountPoint }: ProcRoot): NetworkNamespace[] {
  try {
    const found = list.look();
    if (found.some(({ pids }) => pids.length > 0)) return found;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw new SourceError(`${printable(mountPoint)} cannot be listed: ${failureReason(error)}.`);
  }
  throw new SourceError(`${printable(mountPoint)} shows no process: procfs is not mounted there.`);
}
