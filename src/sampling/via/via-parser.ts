import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { AnswerError } from '../../kernel/elsewhere/answer.ts';
import type { RawAnswer } from '../../source/elsewhere/shell-link.ts';
import type { ViaCommand } from '../../source/elsewhere/via-command.ts';
import { SourceError } from '../../source/source-error.ts';
import type { Trace } from '../../source/trace.ts';
import { startWorker, threadFailure } from '../start-worker.ts';
import type { ThreadNews } from '../thread-messages.ts';
import type { ViaSample } from './via-sampler.ts';

/** Start parameters of the thread that makes samples of answers. */
export interface ViaThreadData {
  readonly command: ViaCommand;
  readonly mostGroups: number | undefined;
  readonly cpuBudget: number;
  /** True if it must send lines for the debug log. */
  readonly isTraced: boolean;
}

/** A sample, and what its making costs here. */
export interface ParsedAnswer extends ViaSample {
  /** Share of one core used by the whole process, 0–1. */
  readonly cpuShare: number | undefined;
  /** Interval that keeps the CPU budget here, in ms. */
  readonly neededMs: number;
}

/** What the thread says of an answer. */
export type ViaThreadReply =
  | { readonly kind: 'parsed'; readonly parsed: ParsedAnswer }
  | { readonly kind: 'damaged'; readonly message: string }
  | ThreadNews;

/** Makes samples of answers. */
export interface ViaParser {
  /** Rejects with AnswerError where it is damaged, and with SourceError where there is nothing to watch. */
  parse(answer: RawAnswer): Promise<ParsedAnswer>;
  end(): Promise<void>;
}

/** A parser in a thread of its own, so that the screen never waits for it. */
export function startViaParser(data: Omit<ViaThreadData, 'isTraced'>, trace?: Trace): ViaParser {
  const threadData: ViaThreadData = { ...data, isTraced: trace !== undefined };
  return viaParser(startWorker('via-worker', threadData), trace);
}

function viaParser(worker: Worker, trace: Trace | undefined): ViaParser {
  const failed = once(worker, 'exit').then(
    () => new SourceError('the sampling thread ended by itself; please report this.'),
    threadFailure,
  );
  const nextReply = async (): Promise<ViaThreadReply> => {
    const message = once(worker, 'message').then(
      ([reply]) => reply as ViaThreadReply,
      threadFailure,
    );
    const reply = await Promise.race([message, failed]);
    if (reply instanceof Error) throw reply;
    return reply;
  };
  return {
    async parse(answer) {
      worker.postMessage(answer, [answer.bytes.buffer as ArrayBuffer]);
      for (;;) {
        const reply = await nextReply();
        if (reply.kind === 'parsed') return reply.parsed;
        if (reply.kind === 'damaged') throw new AnswerError(reply.message);
        if (reply.kind === 'failed') throw new SourceError(reply.message);
        trace?.(reply.what, { thread: 'sampling', atMs: reply.atMs });
      }
    },
    end: async () => void (await worker.terminate()),
  };
}
