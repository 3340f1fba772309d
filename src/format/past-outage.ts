import type { Model } from '../model/model.ts';
import { isDry, isRecovering } from './headroom.ts';
import { shortenStart } from './shorten.ts';
import { stringWidth } from './string-width.ts';
import { formatClock, formatEta } from './units.ts';

/** The last outage, which is over, in words. */
export interface PastOutage {
  /** When it began and ended; with the label of its group, unless that is the verdict's. */
  readonly text: string;
  /** The same beside a verdict, which may say a part of it. */
  readonly beside: string;
  /** How long ago it ended: `OUT OF PORTS 2 min ago`. */
  readonly ago: string;
  /** The label of its group; undefined: the group of the verdict. */
  readonly label: string | undefined;
}

/** The outage of the worst group, or else the last one of any other; undefined: there was none, or it is not over. */
export function pastOutage({
  worst,
  groups,
  formerOutages = [],
  sample,
}: Pick<Model, 'worst' | 'groups' | 'formerOutages' | 'sample'>): PastOutage | undefined {
  const present = groups.flatMap(({ label, limit }) =>
    limit === undefined ? [] : [{ label, ...limit }],
  );
  const own = worst?.limit;
  if (worst !== undefined && own !== undefined)
    return isDry(worst) ? undefined : said(own, undefined, sample.takenAtMs, isRecovering(worst));
  const [last] = [...present, ...formerOutages].toSorted((a, b) => b.lastMs - a.lastMs);
  return last && said(last, last.label, sample.takenAtMs);
}

function said(
  { sinceMs, lastMs }: { readonly sinceMs: number; readonly lastMs: number },
  label: string | undefined,
  nowMs: number,
  isSaid = false,
): PastOutage {
  const lead = label === undefined ? '' : `${label} `;
  const when = `from ${formatClock(sinceMs)} to ${formatClock(lastMs)}`;
  const text = `${lead}was out of ports ${when}`;
  return {
    text,
    beside: isSaid ? `out ${when}` : text,
    ago: outAgoText(lastMs, nowMs),
    label,
  };
}

/** `was out 14 min ago`: the same beside another fate. */
export function wasOutText(lastMs: number, nowMs: number): string {
  return `was out ${agoText(lastMs, nowMs)}`;
}

/** `OUT OF PORTS 55 s ago`: when a group was so last, in at most 24 columns. */
export function outAgoText(lastMs: number, nowMs: number): string {
  return `OUT OF PORTS ${agoText(lastMs, nowMs)}`;
}

function agoText(lastMs: number, nowMs: number): string {
  return `${formatEta(Math.max(1, (nowMs - lastMs) / 1000))} ago`;
}

/** A past outage in a line of `width` columns: whole, or whose it was and how long ago. */
export function pastOutageLine(
  { text, ago, label = '' }: PastOutage,
  width: number,
  ellipsis: string,
): string {
  if (stringWidth(text) <= width) return text;
  return `${shortenStart(label, width - ago.length - 1, ellipsis)} ${ago}`.trim();
}
