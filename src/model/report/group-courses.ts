import { callRates } from '../call-rates.ts';
import type { GroupModel } from '../group-model.ts';
import type { Model } from '../model.ts';
import { type Severity, severityRank } from '../severity.ts';

/** How a group fared in a recording. */
export interface GroupCourse {
  readonly key: string;
  readonly label: string;
  /** The group at its worst: fullest, and of those the most refused. */
  readonly worst: GroupModel;
  /** When that was, Unix ms. */
  readonly worstAtMs: number;
  readonly severity: Severity;
  /** connect() calls refused while it was recorded; undefined: they cannot be seen. */
  readonly refused: number | undefined;
  /** The most of them a second, over the seconds that rates of now are counted over (call-rates), or over a shorter outage. */
  readonly mostRefusedPerSecond: number;
  /** For how long it was without ports, in ms: from each look that saw it to the next. */
  readonly dryMs: number;
  /** The highest share of usable ports in use in each of `BINS` equal parts of the recording, 0–1; undefined: not there. */
  readonly usedRatios: readonly (number | undefined)[];
}

/** Parts of a recording's time that a course is drawn of. */
export const BINS = 60;
/** Groups whose course is kept; those that come later and are healthy are left out. */
const MOST_COURSES = 5000;
/** A look that came much later says nothing about the time between. */
const LONGEST_LOOK_MS = 60_000;

interface Watched {
  worst: GroupModel;
  worstAtMs: number;
  severity: Severity;
  /** Refusals before the recording, and by now. */
  refusedBefore: number | undefined;
  refusedNow: number | undefined;
  mostRefusedPerSecond: number;
  dryMs: number;
  readonly usedRatios: (number | undefined)[];
}

/** Keeps the course of each group from look to look. */
export class GroupCourses {
  readonly #fromMs: number;
  readonly #durationMs: number;
  readonly #byKey = new Map<string, Watched>();
  #lastMs: number | undefined;
  /** Keys of the groups without ports at the last look. */
  #dry = new Set<string>();

  /** Where the recording begins, Unix ms, and how long it is. */
  constructor(fromMs: number, durationMs: number) {
    this.#fromMs = fromMs;
    this.#durationMs = durationMs;
  }

  push({ groups, sample }: Model): void {
    const { takenAtMs } = sample;
    const isFirst = this.#lastMs === undefined;
    const sinceMs = Math.max(0, takenAtMs - (this.#lastMs ?? takenAtMs));
    this.#lastMs = takenAtMs;
    const wasDry = this.#dry;
    this.#dry = new Set();
    const bin = this.#binAt(takenAtMs);
    for (const group of groups) {
      const watched = this.#byKey.get(group.key) ?? this.#watch(group, takenAtMs, isFirst);
      if (watched === undefined) continue;
      if (isShorter(group, watched.worst)) [watched.worst, watched.worstAtMs] = [group, takenAtMs];
      if (severityRank(group.severity) > severityRank(watched.severity))
        watched.severity = group.severity;
      if (group.connectFailures !== undefined) watched.refusedNow = group.connectFailures.total;
      // The first sample has only a mean of 10 s, of the time before.
      const refused = isFirst ? 0 : (callRates(group)?.refused ?? 0);
      watched.mostRefusedPerSecond = Math.max(watched.mostRefusedPerSecond, refused);
      if (wasDry.has(group.key) && sinceMs <= LONGEST_LOOK_MS) watched.dryMs += sinceMs;
      if (isDry(group, takenAtMs)) this.#dry.add(group.key);
      watched.usedRatios[bin] = Math.max(watched.usedRatios[bin] ?? 0, usedRatio(group));
    }
  }

  /** The worst groups, the worst first. */
  worst(most: number): GroupCourse[] {
    return [...this.#byKey]
      .map(([key, { refusedBefore, refusedNow, ...watched }]) => ({
        key,
        label: watched.worst.label,
        refused: refusedNow === undefined ? undefined : refusedNow - (refusedBefore ?? 0),
        ...watched,
      }))
      .toSorted(
        (a, b) =>
          (b.refused ?? 0) - (a.refused ?? 0) ||
          severityRank(b.severity) - severityRank(a.severity) ||
          b.dryMs - a.dryMs ||
          a.worst.headroomPercentAtLeast - b.worst.headroomPercentAtLeast,
      )
      .slice(0, most);
  }

  /** connect() calls refused while this was recorded, all groups; undefined: they cannot be seen. */
  get refused(): number | undefined {
    const counts = [...this.#byKey.values()].flatMap(({ refusedBefore, refusedNow }) =>
      refusedNow === undefined ? [] : [refusedNow - (refusedBefore ?? 0)],
    );
    return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
  }

  #binAt(atMs: number): number {
    if (this.#durationMs <= 0) return 0;
    const share = (atMs - this.#fromMs) / this.#durationMs;
    return Math.max(0, Math.min(BINS - 1, Math.floor(share * BINS)));
  }

  #watch(group: GroupModel, atMs: number, isFirst: boolean): Watched | undefined {
    if (this.#byKey.size >= MOST_COURSES && group.severity === 'info') return undefined;
    const total = group.connectFailures?.total;
    const watched: Watched = {
      worst: group,
      worstAtMs: atMs,
      severity: group.severity,
      // A group that comes later was refused in the meantime.
      refusedBefore: isFirst ? total : 0,
      refusedNow: total,
      mostRefusedPerSecond: 0,
      dryMs: 0,
      usedRatios: Array.from({ length: BINS }, () => undefined),
    };
    this.#byKey.set(group.key, watched);
    return watched;
  }
}

/** True if fewer ports were left: by what was free, by what was surely free, and by refusals. */
export function isShorter(group: GroupModel, other: GroupModel): boolean {
  const refusals = (each: GroupModel) => each.connectFailures?.perSecond ?? 0;
  if (group.headroomPercent !== other.headroomPercent)
    return group.headroomPercent < other.headroomPercent;
  if (group.headroomPercentAtLeast !== other.headroomPercentAtLeast)
    return group.headroomPercentAtLeast < other.headroomPercentAtLeast;
  return refusals(group) > refusals(other);
}

/** True if the group was at its limit, or was refused, in the sample of this time (Unix ms), its own. */
export function isDry({ free, limit }: GroupModel, takenAtMs: number): boolean {
  return free <= 0 || limit?.lastMs === takenAtMs;
}

function usedRatio({ used, usable }: GroupModel): number {
  return usable <= 0 ? 1 : Math.max(0, Math.min(1, used / usable));
}
