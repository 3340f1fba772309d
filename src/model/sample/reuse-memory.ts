import type { TcpCounters } from '../../kernel/counters.ts';
import type { SysctlName, SysctlValues } from '../../kernel/sysctl.ts';
import { NONE_SHARE, type PeriodPart, type ReuseCheck, type ReuseCounts } from './reuse-check.ts';
import type { Sample } from './sample.ts';

/** The counters at one time. */
interface Look {
  readonly atMs: number;
  readonly reused: number;
  readonly opens: number;
  /** Live connections of the groups that could tell something. */
  readonly liveByGroup: ReadonlyMap<string, number>;
}

/** Proof that a group's TIME_WAIT is not taken over, and the reuse counter at that time. */
interface Verdict {
  readonly check: ReuseCheck;
  readonly reusedThen: number;
}

/** Looks are kept a second apart, for as long as TIME_WAIT lasts. */
const KEPT_MS = 60_000;
const SPACING_MS = 1000;
/** Shortest period that proves something. */
const SHORTEST_MS = 5000;

/** The settings that decide whether TIME_WAIT is taken over. */
export const REUSE_SETTINGS = [
  'net.ipv4.tcp_tw_reuse',
  'net.ipv4.tcp_tw_reuse_delay',
  'net.ipv4.tcp_timestamps',
] as const satisfies readonly SysctlName[];

/** They, as one text to compare. */
function settingsOf(sysctls: SysctlValues): string {
  return JSON.stringify(REUSE_SETTINGS.map((name) => sysctls[name]));
}

/** Groups whose live connections are remembered, fullest first. */
const MOST_GROUPS = 500;

function liveOf(groups: Sample['groups']): ReadonlyMap<string, number> {
  const counts = groups.slice(0, MOST_GROUPS).map(({ key, liveUsed }) => [key, liveUsed] as const);
  return new Map(counts.filter(([, live]) => live > 0));
}

/** Remembers the counters of the last minute, and the groups whose TIME_WAIT is proven not to be taken over. */
export class ReuseMemory {
  #looks: readonly Look[] = [];
  #settings: string | undefined;
  #changedAtMs = -Infinity;
  #byGroup: ReadonlyMap<string, Verdict> = new Map();

  /** Counts that end now: over the last minute if known, then since the counters began. */
  countsUntil(
    { timeWaitReused, activeOpens }: TcpCounters,
    sysctls: SysctlValues,
    nowMs: number,
  ): ReuseCounts[] {
    // Closes from before a change of settings prove nothing about the new ones.
    const isOther = this.#settings !== undefined && this.#settings !== settingsOf(sysctls);
    if (timeWaitReused === undefined || isOther) return [];
    const [oldest] = this.#looks;
    const isNew = nowMs < this.#changedAtMs + KEPT_MS;
    const sinceStart = isNew ? [] : [{ reused: timeWaitReused, parts: undefined }];
    if (oldest === undefined || activeOpens === undefined) return sinceStart;
    const reused = timeWaitReused - oldest.reused;
    const parts = this.#partsUntil(activeOpens, nowMs);
    return nowMs - oldest.atMs < SHORTEST_MS || reused < 0 || parts.some(({ opens }) => opens < 0)
      ? sinceStart
      : [{ reused, parts }, ...sinceStart];
  }

  /** The time between looks, newest first. */
  #partsUntil(opensNow: number, nowMs: number): PeriodPart[] {
    let opensAfter = opensNow;
    return this.#looks.toReversed().map(({ atMs, opens, liveByGroup }) => {
      const part = { untilAgeMs: nowMs - atMs, opens: opensAfter - opens, liveByGroup };
      opensAfter = opens;
      return part;
    });
  }

  /** The proof for a group, by key; undefined: none. */
  of(key: string): ReuseCheck | undefined {
    return this.#byGroup.get(key)?.check;
  }

  /** Takes a sample. Groups that have gone and verdicts that no longer hold are forgotten. */
  push({ takenAtMs, counters, sysctls, groups }: Sample): void {
    const settings = settingsOf(sysctls);
    if (this.#settings !== undefined && this.#settings !== settings) {
      this.#looks = [];
      this.#changedAtMs = takenAtMs;
    }
    this.#settings = settings;
    const { timeWaitReused: reused, activeOpens: opens } = counters;
    this.#looks = this.#looks.filter(({ atMs }) => atMs <= takenAtMs && atMs > takenAtMs - KEPT_MS);
    const before = this.#looks.at(-1)?.atMs ?? -Infinity;
    if (reused !== undefined && opens !== undefined && takenAtMs - before >= SPACING_MS)
      this.#looks = [
        ...this.#looks,
        { atMs: takenAtMs, reused, opens, liveByGroup: liveOf(groups) },
      ];
    const verdicts = groups.flatMap(({ key, reuse: check }) => {
      // Peers' timestamps have a memory of their own.
      if (check?.works !== false || check.evidence !== 'counter' || reused === undefined) return [];
      const verdict = this.#byGroup.get(key) ?? { check, reusedThen: reused };
      // The kernel counts takeovers now, so the group has to be judged again.
      const isOutdated = reused - verdict.reusedThen > NONE_SHARE * check.expected;
      return isOutdated ? [] : [[key, verdict] as const];
    });
    this.#byGroup = new Map(verdicts);
  }
}
