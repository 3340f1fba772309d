import { endpointKey } from '../listeners.ts';
import { rowOf } from '../tuple-rows.ts';
import { hadNoRush, hasClearRoom, isBeyondSurvivors } from './likelihood.ts';
import type { HalvesOfTuples, Rows } from './rows.ts';
import type { History, Verdict } from './verdict.ts';

/** Fewest groups of one destination to pool: this many do not all keep more of the second half by chance. */
const FEWEST_POOLED = 8;

/**
 * Pools groups that are too small to judge one by one. After a rush to one destination, its groups together would
 * hold as many ports of the first half as of the second.
 */
export function pooled(
  verdicts: Map<number, Verdict>,
  rows: Rows,
  counts: HalvesOfTuples,
  { vanished }: History,
): Map<number, Verdict> {
  const open = [...verdicts.values()].filter(({ doubt }) => doubt === 'rush');
  if (open.length < FEWEST_POOLED) return verdicts;
  const { sockets, tuples, halves } = rows;
  const keyOf = (tuple: number) => {
    const row = rowOf(tuples, tuple);
    const family = sockets.familyOf(row);
    return endpointKey(family, sockets.remoteAddressOf(row), sockets.remotePortOf(row));
  };
  const pools = new Map<number, { first: number; second: number; members: Verdict[] }>();
  for (const verdict of open) {
    const key = keyOf(verdict.group.tuple);
    const pool = pools.get(key) ?? { first: 0, second: 0, members: [] };
    pool.second += verdict.group.live - verdict.group.shared;
    pool.members.push(verdict);
    pools.set(key, pool);
  }
  const usable = halves.usable(0);
  for (let tuple = 0; tuple < tuples.count; tuple++) {
    const pool = pools.get(keyOf(tuple));
    const first = counts.first[tuple] ?? 0;
    if (pool !== undefined && hasClearRoom(usable - first, usable)) pool.first += first;
  }
  for (const { first, second, members } of pools.values()) {
    if (members.length < FEWEST_POOLED || !isBeyondSurvivors(second, first)) continue;
    // A pool that closes its oldest connections first leaves more of the second half, but each had to fill the first.
    const needed = members.reduce((sum, { group }) => sum + usable - group.first, 0);
    if (!hadNoRush(needed, vanished)) continue;
    for (const { group } of members) verdicts.set(group.tuple, { group, bound: 'certain' });
  }
  return verdicts;
}
