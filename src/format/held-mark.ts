import type { Model } from '../model/model.ts';
import { stringWidth } from './string-width.ts';
import { formatClock, formatDuration } from './units.ts';

/** What holds the screen: an earlier time that is looked at, or that it is frozen. */
export interface HeldScreen {
  readonly past: Model | undefined;
  readonly frozen: Model | undefined;
  /** The newest, which is not on the screen. */
  readonly latest: Model | undefined;
}

/** The mark of a screen that does not show the newest, in at most `width` columns where that is not too few; undefined: it does. */
export function heldMark({ past, frozen, latest }: HeldScreen, width: number): string | undefined {
  if (past !== undefined) {
    const seenMs = past.sample.takenAtMs;
    // A clock that was set back makes no time to come of it.
    const seconds = Math.max(0, ((latest ?? past).sample.takenAtMs - seenMs) / 1000);
    const ago = seconds < 1 ? 'just now' : `${formatDuration(seconds)} ago`;
    const mark = ` PAST ${formatClock(seenMs)}, ${ago}; `;
    const keys = ['→ forward, L live ', 'L live '];
    return mark + (keys.find((text) => stringWidth(mark + text) <= width) ?? '');
  }
  return frozen === undefined
    ? undefined
    : ` FROZEN at ${formatClock(frozen.sample.takenAtMs)}, sampling goes on; p continues `;
}
