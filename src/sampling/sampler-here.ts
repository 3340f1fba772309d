import type { Trace } from '../source/trace.ts';
import { allowFastCode } from './fast-code.ts';
import { type PlacesRound, roundOf } from './places-round.ts';
import { createSampler } from './sampler.ts';
import type { SamplerThread } from './sampler-thread.ts';
import type { SamplerSettings } from './settings.ts';

/** What answers requests for rounds. */
export interface Looker {
  readonly look: () => PlacesRound;
  readonly watchRefusals: () => void;
  readonly drainRefusals: () => void;
}

/** Looks at one place, from the calling thread. */
export function lookHere(settings: SamplerSettings, trace: Trace | undefined): Looker {
  const sampler = createSampler(settings, trace);
  // Here, as it reads a file of the kernel.
  allowFastCode(sampler.proc, settings.isSingle === true ? 1 : Infinity);
  return {
    look: () => roundOf(sampler()),
    watchRefusals: () => sampler.watchRefusals(),
    drainRefusals: () => sampler.drainRefusals(),
  };
}

/** What a sampler thread gives, without one: a read that hangs blocks the caller. `onEnd` runs when it is ended. */
export function samplerHere(
  settings: SamplerSettings,
  trace: Trace | undefined,
  onEnd: () => void,
): SamplerThread<PlacesRound> {
  const looker = lookHere(settings, trace);
  return {
    take: async () => looker.look(),
    watchRefusals: looker.watchRefusals,
    hasEnded: false,
    end: async () => onEnd(),
  };
}
