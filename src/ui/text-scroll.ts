import { type Glyphs, glyphsFor } from './theme.ts';

/** How far a text can be scrolled, in lines. */
export interface TextScroll {
  /** Lines above the panel when its last line is at the bottom; 0: it fits. */
  readonly most: number;
  /** Lines of it that are shown at once. */
  readonly page: number;
}

/** Lines of a text that are out of sight. */
export interface HiddenLines {
  readonly above: number;
  readonly below: number;
}

/** What is hidden of `total` lines if `shown` are shown from `first` on. */
export function hiddenLines(total: number, first: number, shown: number): HiddenLines {
  return { above: Math.min(first, total), below: Math.max(0, total - first - shown) };
}

/** The mark that there is more above or below: `↑ 3 ↓ 12`; '' where all is on the screen. */
export function scrollMark({ above, below }: HiddenLines, glyphs: Glyphs): string {
  const [up, down] = arrows(glyphs);
  const marks = [above > 0 ? `${up} ${above}` : '', below > 0 ? `${down} ${below}` : ''];
  return marks.filter(Boolean).join(' ');
}

/** The mark with what it counts, and the keys that show it. */
export function moreText(mark: string, hasKeys: boolean): string {
  const lines = /^\S 1$/.test(mark) ? 'line' : 'lines';
  return hasKeys ? `${mark} more ${lines}: j k PgDn PgUp` : `${mark} ${lines}`;
}

/** The characters that say that there is more above, and below. */
export function arrows(glyphs: Glyphs): readonly [up: string, down: string] {
  return glyphs === glyphsFor(true) ? ['^', 'v'] : ['↑', '↓'];
}
