import { type GroupPast, NO_PAST } from './group-past.ts';
import { type Model, modelFrom } from './model.ts';
import { sumSchedules } from './sample/remainder.ts';
import type { Sample } from './sample/sample.ts';
import type { TupleGroup } from './sample/tuple-group.ts';

/** How far back history goes. */
const KEPT_MS = 15 * 60_000;
/** The newest entries are a second apart, older ones 5 s. */
const CLOSE_MS = 2 * 60_000;
const SPACING_MS = { close: 1000, sparse: 5000 };
/** Samples come a little early or late. */
const TOLERANCE = 0.9;
/** Number of groups that an entry keeps one by one, fullest first; the others are summed up. */
const MOST_GROUPS = 50;

/** Number of groups, fullest first, whose port map an entry keeps. */
const MOST_DRAWN = 4;

/** Memory limit of a history, by the estimates below. The oldest entries go first. */
const MOST_BYTES = 15_000_000;
/** Measured in Node 26: per entry, per group in it, and per port in a list. */
const BYTES = { entry: 4000, group: 850, port: 8 };

/** A sample without its drain schedules, which are most of it. */
interface HistoryEntry {
  readonly sample: Sample;
  /** The drain schedules of its groups, one after the other. 16 bits suffice: a group has at most 65,535 sockets. */
  readonly schedules: Uint16Array;
  /** What earlier samples told about each group, by key. */
  readonly pasts: ReadonlyMap<string, GroupPast>;
  readonly opensPerSecond: number | undefined;
  readonly worstKey: string | undefined;
}

/**
 * The models of the last quarter of an hour, the oldest first: one a second for the last two minutes, one every 5 s
 * before that. Each has the 50 fullest groups and the one that runs out first; the others are summed up. The port maps
 * of the 4 fullest are kept. The history takes at most 15 MB, so it reaches less far back on a machine with very many
 * bound ports that change all the time. Models are rebuilt on demand.
 */
export type ModelHistory = readonly HistoryEntry[];

export const NO_HISTORY: ModelHistory = [];

/** The history with the newest model added. After the clock is set back, entries in the future are dropped. */
export function withModelKept(history: ModelHistory, model: Model): ModelHistory {
  return withModelKeptIn(history, model, MOST_BYTES);
}

/** The same with so many bytes of memory, if that is less than what the history of one place may take. */
export function withModelKeptIn(
  history: ModelHistory,
  model: Model,
  mostBytes: number,
): ModelHistory {
  const nowMs = model.sample.takenAtMs;
  const past = history.filter(
    ({ sample }) => sample.takenAtMs <= nowMs && sample.takenAtMs > nowMs - KEPT_MS,
  );
  const newest = past.at(-1);
  const isNew = nowMs - timeOf(newest) >= SPACING_MS.close * TOLERANCE;
  const kept = thinned(isNew ? [...past, entryOf(model, newest)] : past, nowMs);
  return withinMemory(kept, Math.min(MOST_BYTES, mostBytes));
}

/**
 * The model `byMs` after `fromMs` (before it, if negative), or the nearest one beyond. 1 and -1 step to the next and
 * the previous model. A jump back ends at the oldest model. Undefined: there is no model further on.
 */
export function jumpInHistory(
  history: ModelHistory,
  fromMs: number,
  byMs: number,
): Model | undefined {
  const goal = fromMs + byMs;
  const found =
    byMs > 0
      ? history.find((entry) => timeOf(entry) >= goal)
      : (history.findLast((entry) => timeOf(entry) <= goal) ?? history[0]);
  // At the oldest model, a jump back must not go forward.
  if (found === undefined || (byMs < 0 && timeOf(found) >= fromMs)) return undefined;
  return modelAt(found);
}

/** The last model up to a time in Unix ms; undefined: none is kept. */
export function modelAsOf(history: ModelHistory, timeMs: number): Model | undefined {
  const found = history.findLast((entry) => timeOf(entry) <= timeMs);
  return found && modelAt(found);
}

/** The times of all entries in Unix ms, the oldest first. */
export function historyTimes(history: ModelHistory): number[] {
  return history.map(timeOf);
}

function timeOf(entry: HistoryEntry | undefined): number {
  return entry?.sample.takenAtMs ?? -Infinity;
}

/** Drops entries that are too close to the previous one. */
function thinned(oldestFirst: ModelHistory, nowMs: number): HistoryEntry[] {
  const kept: HistoryEntry[] = [];
  for (const entry of oldestFirst) {
    const isClose = nowMs - timeOf(entry) <= CLOSE_MS;
    const spacing = (isClose ? SPACING_MS.close : SPACING_MS.sparse) * TOLERANCE;
    if (timeOf(entry) - timeOf(kept.at(-1)) >= spacing) kept.push(entry);
  }
  return kept;
}

function withinMemory(oldestFirst: ModelHistory, mostBytes: number): ModelHistory {
  let kept = oldestFirst;
  // Drops several entries at a time, because the estimate is costly. One entry is always kept.
  while (kept.length > 1 && historyBytes(kept) > mostBytes)
    kept = kept.slice(Math.ceil(kept.length / 20));
  return kept;
}

/** Estimated memory of a history, in bytes. */
export function historyBytes(history: ModelHistory): number {
  const groups = history.reduce((sum, { sample }) => sum + sample.groups.length, 0);
  const lists = history.flatMap(({ sample }) => [
    sample.heldPorts,
    sample.listeningPorts,
    sample.reservedInUse ?? [],
  ]);
  const ports = [...new Set(lists)].reduce((sum, list) => sum + list.length, 0);
  const drawn = new Set(
    history.flatMap(({ sample }) => sample.groups.map((group) => group.portUse)),
  );
  const drawnBytes = [...drawn].reduce((sum, use) => sum + (use?.counts.byteLength ?? 0), 0);
  return history.length * BYTES.entry + groups * BYTES.group + ports * BYTES.port + drawnBytes;
}

const NO_SCHEDULE: readonly number[] = [];

/** Reduces a model to what it can be rebuilt from. Values equal to those of `elder` are shared with it. */
function entryOf(
  { sample, groups, worst, opensPerSecond }: Model,
  elder?: HistoryEntry,
): HistoryEntry {
  const fullest = new Set(groups.slice(0, MOST_GROUPS).map(({ key }) => key));
  const isKept = ({ key }: TupleGroup) => fullest.has(key) || key === worst?.key;
  const kept = sample.groups.filter(isKept);
  const before = new Map(elder?.sample.groups.map((group) => [group.key, group]));
  return {
    sample: {
      ...sample,
      host: shared(elder?.sample.host, sample.host),
      sysctls: shared(elder?.sample.sysctls, sample.sysctls),
      listeningPorts: shared(elder?.sample.listeningPorts, sample.listeningPorts),
      heldPorts: shared(elder?.sample.heldPorts, sample.heldPorts),
      reservedInUse: shared(elder?.sample.reservedInUse, sample.reservedInUse),
      limits: shared(elder?.sample.limits, sample.limits),
      groups: kept.map((group, index) =>
        compactGroup(
          index < MOST_DRAWN ? group : { ...group, portUse: undefined },
          before.get(group.key),
        ),
      ),
      remainder: withRemainder(
        sample.remainder,
        sample.groups.filter((group) => !isKept(group)),
      ),
    },
    schedules: Uint16Array.from(kept.flatMap(({ drainSchedule }) => drainSchedule)),
    pasts: new Map(groups.filter(isKept).map(({ key, past }) => [key, past])),
    opensPerSecond,
    worstKey: worst?.key,
  };
}

function compactGroup(group: TupleGroup, elder: TupleGroup = group): TupleGroup {
  return {
    ...group,
    key: elder.key,
    label: elder.label,
    localAddress: elder.localAddress,
    remoteAddress: elder.remoteAddress,
    parity: shared(elder.parity, group.parity),
    bindBeforeConnect: shared(elder.bindBeforeConnect, group.bindBeforeConnect),
    byState: shared(elder.byState, group.byState),
    owners: shared(elder.owners, group.owners),
    portUse: samePorts(elder.portUse, group.portUse) ? elder.portUse : group.portUse,
    drainSchedule: NO_SCHEDULE,
  };
}

/** The elder of two equal values, so that values that rarely change are kept in memory once. */
function shared<Value>(elder: Value | undefined, value: Value): Value {
  return elder !== undefined && JSON.stringify(elder) === JSON.stringify(value) ? elder : value;
}

function samePorts(elder: TupleGroup['portUse'], use: TupleGroup['portUse']): boolean {
  if (elder === undefined || use === undefined) return elder === use;
  const { counts } = elder;
  return (
    elder.slices === use.slices &&
    counts.length === use.counts.length &&
    counts.every((count, index) => count === use.counts[index])
  );
}

function withRemainder(
  remainder: Sample['remainder'],
  groups: readonly TupleGroup[],
): Sample['remainder'] {
  if (groups.length === 0) return remainder;
  const sum = (count: (group: TupleGroup) => number) =>
    groups.reduce((total, group) => total + count(group), 0);
  return {
    groups: remainder.groups + groups.length,
    sockets:
      remainder.sockets +
      sum(({ byState }) => Object.values(byState).reduce((total, count) => total + count, 0)),
    timeWait: remainder.timeWait + sum(({ timeWaitUsed, reusable }) => timeWaitUsed + reusable),
    drainSchedule: sumSchedules([remainder, ...groups]),
  };
}

function modelAt({ sample, schedules, pasts, opensPerSecond, worstKey }: HistoryEntry): Model {
  const length = sample.timeWaitSeconds;
  const groups = sample.groups.map((group, index) => ({
    ...group,
    drainSchedule: [...schedules.subarray(index * length, (index + 1) * length)],
  }));
  const pastOf = ({ key }: TupleGroup) => pasts.get(key) ?? NO_PAST;
  return modelFrom({ ...sample, groups }, pastOf, opensPerSecond, worstKey);
}
