import type { Sample } from '../model/sample/sample.ts';
import { allowFastCode } from './fast-code.ts';
import { createSampler, type Sampler } from './sampler.ts';
import type { ThreadReply, ThreadRequest } from './sampler-thread.ts';
import type { SamplerSettings } from './settings.ts';
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

/** Serves the requests of a sampler thread, in that thread. `answerOf` makes of each sample what is answered. */
export function serveRequests(
  { settings, isTraced }: { readonly settings: SamplerSettings; readonly isTraced: boolean },
  port: Port,
  answerOf: (sample: Sample) => unknown,
): void {
  const reply = (message: ThreadReply<unknown>) => port.postMessage(message);
  const trace = threadTrace(isTraced, reply);
  let sampler: Sampler | undefined;
  const theSampler = () => {
    if (sampler === undefined) {
      sampler = createSampler(settings, trace);
      // Here, as it reads a file of the kernel.
      allowFastCode(sampler.proc, settings.isSingle === true ? 1 : Infinity);
    }
    return sampler;
  };
  if (settings.isSingle !== true) setInterval(() => sampler?.drainRefusals(), DRAIN_MS).unref();
  port.on('message', (request) => {
    try {
      if (request === 'watch-refusals') theSampler().watchRefusals();
      else reply({ kind: 'answer', answer: answerOf(theSampler()()) });
    } catch (error) {
      postFailure(error, reply, trace);
    }
  });
}
