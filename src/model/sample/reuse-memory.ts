import type { TcpCounters } from '../../kernel/counters.ts';
import type { SysctlName, SysctlValues } from '../../kernel/sysctl.ts';
import { NONE_SHARE, type ReuseCheck, type ReuseCounts } from './reuse-check.ts';
import type { Sample } from './sample.ts';

/** What the counters said at some time. */
interface Look {
  readonly atMs: number;
  readonly reused: number;
  readonly opens: number;
}

/** That a group's TIME_WAIT is not taken over, and what the counter said when that was found out. */
interface Verdict {
  readonly check: ReuseCheck;
  readonly reusedThen: number;
}

/** Looks are kept for as long as the TIME_WAIT of then is there, and a second apart. */
const KEPT_MS = 60_000;
const SPACING_MS = 1000;
/** What was counted in less time tells nothing. */
const SHORTEST_MS = 5000;

/** What decides whether TIME_WAIT is taken over. */
function settingsOf(sysctls: SysctlValues): string {
  const names = ['net.ipv4.tcp_tw_reuse', 'net.ipv4.tcp_tw_reuse_delay', 'net.ipv4.tcp_timestamps'];
  return JSON.stringify(names.map((name) => sysctls[name as SysctlName]));
}

/** Remembers the counters of the last minute, and of which groups they said that TIME_WAIT is not taken over. */
export class ReuseMemory {
  #looks: readonly Look[] = [];
  #settings: string | undefined;
  #changedAtMs = -Infinity;
  #byGroup: ReadonlyMap<string, Verdict> = new Map();

  /** What was counted up to now, over the longest time that is known first. */
  countsUntil(
    { timeWaitReused, activeOpens }: TcpCounters,
    sysctls: SysctlValues,
    nowMs: number,
  ): ReuseCounts[] {
    // What was closed before another setting came into force tells nothing of it.
    const isOther = this.#settings !== undefined && this.#settings !== settingsOf(sysctls);
    if (timeWaitReused === undefined || isOther) return [];
    const [oldest] = this.#looks;
    const isNew = nowMs < this.#changedAtMs + KEPT_MS;
    const whole = [{ untilAgeMs: Infinity, opens: undefined }];
    const sinceStart = isNew ? [] : [{ reused: timeWaitReused, isSeen: false, opens: whole }];
    if (oldest === undefined || activeOpens === undefined) return sinceStart;
    const reused = timeWaitReused - oldest.reused;
    const opens = this.#opensUntil(activeOpens, nowMs);
    return nowMs - oldest.atMs < SHORTEST_MS || reused < 0 || opens.some((each) => each.opens < 0)
      ? sinceStart
      : [{ reused, isSeen: true, opens }, ...sinceStart];
  }

  /** connect() calls between looks, newest first. */
  #opensUntil(opensNow: number, nowMs: number): { untilAgeMs: number; opens: number }[] {
    let opensThen = opensNow;
    return this.#looks.toReversed().map(({ atMs, opens }) => {
      const part = { untilAgeMs: nowMs - atMs, opens: opensThen - opens };
      opensThen = opens;
      return part;
    });
  }

  /** What was found out about a group for sure, by its key; undefined: nothing. */
  of(key: string): ReuseCheck | undefined {
    return this.#byGroup.get(key)?.check;
  }

  /** Takes a sample; groups that have gone are forgotten, and what is not so any more. */
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
      this.#looks = [...this.#looks, { atMs: takenAtMs, reused, opens }];
    const verdicts = groups.flatMap(({ key, reuse: check }) => {
      // Peers' timestamps have a memory of their own.
      if (check?.works !== false || check.evidence !== 'counter' || reused === undefined) return [];
      const verdict = this.#byGroup.get(key) ?? { check, reusedThen: reused };
      // Somebody takes TIME_WAIT over now: it has to be looked at again.
      const isOutdated = reused - verdict.reusedThen > NONE_SHARE * check.expected;
      return isOutdated ? [] : [[key, verdict] as const];
    });
    this.#byGroup = new Map(verdicts);
  }
}
