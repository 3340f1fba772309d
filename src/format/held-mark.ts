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

/** Banner when the view is not live, in at most `width` columns unless that is too narrow; undefined when it is. */
export function heldMark({ past, frozen, latest }: HeldScreen, width: number): string | undefined {
  if (past !== undefined) {
    const seenMs = past.sample.takenAtMs;
    const mark = ` PAST ${formatClock(seenMs)}, ${agoText(past, latest)}; `;
    const keys = ['→ forward, L live ', 'L live '];
    return mark + (keys.find((text) => stringWidth(mark + text) <= width) ?? '');
  }
  if (frozen === undefined) return undefined;
  const mark = ` FROZEN at ${formatClock(frozen.sample.takenAtMs)}`;
  const ends = [', sampling goes on; p continues ', '; p continues '];
  return mark + (ends.find((end) => stringWidth(mark + end) <= width) ?? ends.at(-1));
}

/** How long before the newest model an earlier one was seen: "38 s ago". */
export function agoText(past: Model, latest: Model = past): string {
  // A clock that was set back must not give a negative time.
  const seconds = Math.max(0, (latest.sample.takenAtMs - past.sample.takenAtMs) / 1000);
  return seconds < 1 ? 'just now' : `${formatDuration(seconds)} ago`;
}
