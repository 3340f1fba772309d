import { SourceError } from '../source/source-error.ts';
import type { Trace } from '../source/trace.ts';

/** What any sampling thread may say beside its samples: a line for the debug log, or why there is no sample. */
export type ThreadNews =
  | { readonly kind: 'trace'; readonly what: string; readonly atMs: number }
  | { readonly kind: 'failed'; readonly message: string };

type Post = (message: ThreadNews) => void;

/** The trace of a thread, which the main thread writes; undefined where nobody wants it. */
export function threadTrace(isTraced: boolean, post: Post): Trace | undefined {
  return isTraced ? (what) => post({ kind: 'trace', what, atMs: Date.now() }) : undefined;
}

/** Says that there is nothing to watch; throws any other error, which ends the thread. */
export function postFailure(error: unknown, post: Post, trace: Trace | undefined): void {
  if (error instanceof Error) trace?.(`error: ${error.stack}`);
  if (!(error instanceof SourceError)) throw error;
  post({ kind: 'failed', message: error.message });
}
