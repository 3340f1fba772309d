import { callRates } from './call-rates.ts';
import type { GroupModel } from './group-model.ts';

/**
 * What is so of a group that is out of ports, for all words about it. `contradicted`: the kernel refuses although ports look
 * free. `refusing`: connections are refused just now. `empty`: none is, but the ports are used up, or were a moment ago where
 * refusals cannot be seen. `lull`: there are some ports, and nothing is refused: it is as good as out of them.
 */
export type OutageState = 'contradicted' | 'refusing' | 'empty' | 'lull';

/** Ports that came free within this time are gone again. */
const LATELY_MS = 3000;

type Told = Pick<GroupModel, 'limit' | 'free' | 'connectFailures' | 'madePerSecond' | 'past'>;

/** The state of a group that is out of ports; undefined: it is not. */
export function outageState(group: Told, nowMs: number): OutageState | undefined {
  const { limit, free, connectFailures } = group;
  if (limit?.stage !== 'dry' && free > 0) return undefined;
  if (limit?.refusedWithFree !== undefined && free > 0) return 'contradicted';
  if ((callRates(group)?.refused ?? 0) > 0) return 'refusing';
  const sinceMs = nowMs - (limit?.lastMs ?? nowMs);
  const isHidden = connectFailures === undefined && sinceMs < LATELY_MS;
  return free <= 0 || sinceMs <= 0 || isHidden ? 'empty' : 'lull';
}

/** Seconds since a group in a lull was last out of ports; undefined: it is in no lull. */
export function lullSeconds(group: Told, nowMs: number): number | undefined {
  return outageState(group, nowMs) === 'lull'
    ? (nowMs - (group.limit?.lastMs ?? nowMs)) / 1000
    : undefined;
}
