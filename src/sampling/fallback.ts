import type { Clock } from '../source/clock.ts';
import type { KernelReader, SocketFiles } from '../source/kernel-files.ts';
import { SourceError } from '../source/source-error.ts';
import type { Trace } from '../source/trace.ts';

/** The preferred reader is tried again after this long, and after twice as long each time it fails again. */
const AGAIN_MS = { first: 1000, longest: 10 * 60_000 } as const;

/** A reader that has a second one to fall back to. */
export interface FallbackReader extends KernelReader {
  /** Why the second reader is in use; undefined while the first one is. */
  readonly fallback: () => string | undefined;
}

/**
 * Reads with the first reader while it works, otherwise with the second, and goes back to the first once that works
 * again. A kernel that has no sock_diag is asked ever less often: each question may start modprobe.
 */
export function withFallback(
  first: KernelReader,
  makeSecond: () => KernelReader,
  clock: Pick<Clock, 'monotonicMs'>,
): FallbackReader {
  let second: KernelReader | undefined;
  let failure:
    | { readonly reason: string; readonly waitMs: number; readonly untilMs: number }
    | undefined;
  const attemptFirst = (files?: SocketFiles) => {
    const nowMs = clock.monotonicMs();
    if (failure !== undefined && nowMs < failure.untilMs) return undefined;
    try {
      const reading = first(files);
      failure = undefined;
      return reading;
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      const waitMs = Math.min(
        failure === undefined ? AGAIN_MS.first : 2 * failure.waitMs,
        AGAIN_MS.longest,
      );
      failure = { reason: error.message, waitMs, untilMs: nowMs + waitMs };
      return undefined;
    }
  };
  const read = (files?: SocketFiles) => attemptFirst(files) ?? (second ??= makeSecond())(files);
  const current = () => (failure === undefined ? first : second);
  return Object.assign(read, {
    timestampsOf: (rows: readonly number[]) => current()?.timestampsOf?.(rows),
    fallback: () => failure?.reason,
    close() {
      first.close();
      second?.close();
    },
  });
}

/** What a sample says of a reader's fallback, after each reading; a change is traced. */
export function fallbackTrace(read: KernelReader | FallbackReader, trace: Trace | undefined) {
  let before: string | undefined;
  return (): { readonly fallback?: string } => {
    const fallback = 'fallback' in read ? read.fallback() : undefined;
    if (fallback !== before)
      trace?.(
        fallback === undefined ? 'source: netlink again' : `fallback: procfs, as ${fallback}`,
      );
    before = fallback;
    return fallback === undefined ? {} : { fallback };
  };
}
