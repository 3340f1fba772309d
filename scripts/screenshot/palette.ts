import type { IBufferCell } from '@xterm/headless';

/** Colours of a cell as `#rrggbb`, with inverse video already applied. */
export type CellColours = { foreground: string; background: string };

/** The default colours of the pictures. */
export const DEFAULT_COLOURS: CellColours = { foreground: '#d5dbe3', background: '#1b2027' };

// The sixteen named colours are the terminal's own choice; these are easy on the eye in the README.
const NAMED = [
  '#1b2027 #ff6b62 #7ee787 #f2cc60 #79c0ff #d2a8ff #76e3ea #c9d1d9',
  '#6e7681 #ffa198 #aff5b4 #f8e3a1 #a5d6ff #e2c5ff #b3f0ff #f0f6fc',
].flatMap((eight) => eight.split(' '));
const CUBE_LEVELS = [0, 95, 135, 175, 215, 255];
const CUBE_START = 16;
const GREY_START = 232;

/** What a cell is painted with. */
export function cellColours(cell: IBufferCell): CellColours {
  const { foreground, background } = DEFAULT_COLOURS;
  const colours = {
    foreground: colour(cell.isFgRGB(), cell.isFgPalette(), cell.getFgColor()) ?? foreground,
    background: colour(cell.isBgRGB(), cell.isBgPalette(), cell.getBgColor()) ?? background,
  };
  if (!cell.isInverse()) return colours;
  return { foreground: colours.background, background: colours.foreground };
}

function colour(isRgb: boolean, isPalette: boolean, value: number): string | undefined {
  if (isRgb) return hex(value);
  return isPalette ? paletteColour(value) : undefined;
}

// The 256-colour palette: 16 named, a 6x6x6 cube, 24 greys.
function paletteColour(index: number): string {
  if (index < CUBE_START) return NAMED[index] ?? DEFAULT_COLOURS.foreground;
  if (index >= GREY_START) return hex((8 + (index - GREY_START) * 10) * 0x01_01_01);
  const cube = index - CUBE_START;
  const level = (divisor: number) => CUBE_LEVELS[Math.floor(cube / divisor) % 6] ?? 0;
  return hex((level(36) << 16) | (level(6) << 8) | level(1));
}

function hex(value: number): string {
  return `#${value.toString(16).padStart(6, '0')}`;
}
