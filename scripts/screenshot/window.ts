import { rectangle } from './glyph-shapes.ts';
import { DEFAULT_COLOURS } from './palette.ts';

/** The key that was pressed last, and what it is for. */
export interface Caption {
  readonly key: string;
  readonly text: string;
}

/** Around the screen, in SVG user units. */
export const MARGIN = { top: 44, side: 16, bottom: 12 } as const;

const TITLE_BAR = 32;
const CORNER_RADIUS = 10;
const BUTTONS = { first: 20, step: 18, radius: 5 } as const;
// Greys only, so that the first thing to be seen is a signal of the program. The edge keeps the window
// apart from the page in GitHub's dark mode.
const BAR_FILL = '#262b33';
const EDGE = '#3d444d';
const BUTTON_FILL = '#4b525c';
const TITLE_FILL = '#8d96a0';
const KEY = { fill: '#f0f6fc', text: '#1b2027', padding: 8, height: 20 } as const;
const CAPTION_FILL = '#f0f6fc';
const BASELINE = 21;

/** A window of this size in units, with a title; `advance` is the width of a character. */
export function windowFrame(
  width: number,
  height: number,
  advance: number,
  caption: Caption | undefined,
): string {
  const edge = `x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="${CORNER_RADIUS}"`;
  const title = `x="${width / 2}" y="${BASELINE}" text-anchor="middle" fill="${TITLE_FILL}"`;
  return [
    `<rect ${edge} fill="${DEFAULT_COLOURS.background}"/>`,
    `<clipPath id="window"><rect ${edge}/></clipPath>`,
    `<g clip-path="url(#window)">${rectangle(0, 0, width, TITLE_BAR, BAR_FILL)}</g>`,
    `<rect ${edge} fill="none" stroke="${EDGE}"/>`,
    ...[0, 1, 2].map(
      (index) =>
        `<circle cx="${BUTTONS.first + index * BUTTONS.step}" cy="${TITLE_BAR / 2}" r="${BUTTONS.radius}" fill="${BUTTON_FILL}"/>`,
    ),
    ...(caption === undefined
      ? [`<text ${title}>ephtop</text>`]
      : [captionText(caption, width / 2, advance)]),
  ].join('');
}

/** The key as on a keyboard, and what it is for, in the middle. */
function captionText({ key, text }: Caption, middle: number, advance: number): string {
  const keyWidth = key.length * advance + 2 * KEY.padding;
  const left = middle - (keyWidth + KEY.padding + text.length * advance) / 2;
  const top = (TITLE_BAR - KEY.height) / 2;
  const written = (x: number, fill: string, words: string) =>
    `<text x="${x}" y="${BASELINE}" fill="${fill}" font-weight="bold">${words}</text>`;
  return [
    `<rect x="${left}" y="${top}" width="${keyWidth}" height="${KEY.height}" rx="4" fill="${KEY.fill}"/>`,
    written(left + KEY.padding, KEY.text, key),
    written(left + keyWidth + KEY.padding, CAPTION_FILL, text),
  ].join('');
}
