import { NamespaceRounds } from './namespace-rounds.ts';
import type { PlacesRound } from './places-round.ts';
import { type Looker, lookHere } from './sampler-here.ts';
import type { ThreadReply, ThreadRequest } from './sampler-thread.ts';
import type { SamplerSettings } from './settings.ts';
import type { Trace } from '../source/trace.ts';
import { postFailure, threadTrace } from './thread-messages.ts';

/** The part of the thread's port that is used here. */
interface Port {
  on(event: 'message', listener: (request: ThreadRequest) => void): unknown;
  postMessage(message: unknown): void;
}

/**
 * Names of refused processes are to be found while they live, and the kernel's rings must not overflow: they are read
 * this often, at the cost of one memory access per CPU.
 */
const DRAIN_MS = 1000;

/** What the requests are about. */
export interface RequestData {
  readonly settings: SamplerSettings;
  readonly isTraced: boolean;
  /** True for a round through all network namespaces of this machine, instead of a sample of one. */
  readonly isEverywhere?: boolean | undefined;
}

/** Serves the requests of a sampler thread, in that thread. `answerOf` makes of each round what is answered. */
export function serveRequests(
  { settings, isTraced, isEverywhere = false }: RequestData,
  port: Port,
  answerOf: (round: PlacesRound) => unknown,
): void {
  const reply = (message: ThreadReply<unknown>) => port.postMessage(message);
  const trace = threadTrace(isTraced, reply);
  let looker: Looker | undefined;
  const open = isEverywhere ? lookEverywhere : lookHere;
  const theLooker = () => (looker ??= open(settings, trace));
  if (settings.isSingle !== true) setInterval(() => looker?.drainRefusals(), DRAIN_MS).unref();
  port.on('message', (request) => {
    try {
      if (request === 'watch-refusals') theLooker().watchRefusals();
      else reply({ kind: 'answer', answer: answerOf(theLooker().look()) });
    } catch (error) {
      postFailure(error, reply, trace);
    }
  });
}

function lookEverywhere(settings: SamplerSettings, trace: Trace | undefined): Looker {
  // Refusals are watched for from the beginning, or not at all.
  const rounds = new NamespaceRounds({ ...settings, isSingle: false }, trace);
  return {
    look: () => rounds.whole(),
    watchRefusals: () => {},
    drainRefusals: () => rounds.world.refusals?.pump(),
  };
}
