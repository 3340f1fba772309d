import { ANY_PROGRAM, type ClientConfig, keepAliveConfig } from '../model/advice/client-config.ts';
import {
  isKeepAliveMissing,
  isLifeAtMost,
  meanLifeSeconds,
  portReturn,
} from '../model/connection-life.ts';
import type { GroupModel } from '../model/group-model.ts';
import type { Model } from '../model/model.ts';
import { parityNames } from './parity-names.ts';
import { formatCount, formatDuration, formatRate } from './units.ts';

/** Connections made a second beside the live ones, and how long they live if that is known; undefined: not known. */
export function madeText(group: GroupModel): string | undefined {
  const { madePerSecond, liveUsed, past } = group;
  if (madePerSecond === null) return undefined;
  const bound = past.isMadeLowerBound ? 'at least ' : '';
  const life = meanLifeSeconds(group);
  const most = isLifeAtMost(group) ? 'at most ' : '';
  const lives = life === undefined ? '' : `, each open for ${lifeText(life, most)} on average`;
  return `${bound}${formatRate(madePerSecond)} connections/s beside ${formatCount(liveUsed)} live${lives}`;
}

function lifeText(seconds: number, most: string): string {
  if (seconds >= 10) return most + formatDuration(seconds);
  return seconds < 0.1 ? 'less than 0.1 s' : `${most}${seconds.toFixed(1)} s`;
}

/** Says that keep-alive seems to be missing; undefined: nothing shows it. */
export function keepAliveText(group: GroupModel): string | undefined {
  return isKeepAliveMissing(group)
    ? 'One request seems to use one connection: keep-alive is not in force.'
    : undefined;
}

/** How to keep connections open, for the owner that was found; undefined: nothing to say, or the owner is not known. */
export function keepAliveDirective(group: GroupModel): ClientConfig | undefined {
  if (!isKeepAliveMissing(group)) return undefined;
  const config = keepAliveConfig(group);
  return config.program !== ANY_PROGRAM ? config : undefined;
}

/** `is used again about 40 s …`: how soon a port is, and what may still remember it by then; undefined: not known. */
export function portReturnText({ sample }: Model, group: GroupModel): string | undefined {
  const found = portReturn(group);
  if (found === undefined) return undefined;
  const { seconds, freeFirst, madePerSecond, isAtMost, remembered } = found;
  const [first] = parityNames(sample.portSpace.low);
  const when = `${isAtMost ? 'at most ' : 'about '}${formatDuration(seconds)} after its close`;
  const why = `${formatCount(freeFirst)} free ${first} ports, ${formatRate(madePerSecond)} connections/s`;
  return `is used again ${when}, on average (${why})${rememberedText(remembered)}`;
}

function rememberedText(memories: readonly number[]): string {
  if (memories.length === 0) return '';
  const times = memories.map((memory) => `${memory}`);
  const last = times.pop() ?? '';
  const list = times.length === 0 ? last : `${times.join(', ')} or ${last}`;
  return `. Firewalls and NAT boxes may remember a connection for ${list} s: a new one then meets old state.`;
}
