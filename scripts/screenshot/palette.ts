import type { IBufferCell } from '@xterm/headless';

/** Colours of a cell as `#rrggbb`, with inverse video already applied. */
export type CellColours = { foreground: string; background: string };

/** The default colours of the pictures. */
export const DEFAULT_COLOURS: CellColours = { foreground: '#d8dee9', background: '#1d1f21' };

// The sixteen named colours are the terminal's own choice; these are easy on the eye in the README.
const NAMED = [
  '#1d1f21 #cc6666 #b5bd68 #f0c674 #81a2be #b294bb #8abeb7 #c5c8c6',
  '#666666 #d54e53 #b9ca4a #e7c547 #7aa6da #c397d8 #70c0b1 #eaeaea',
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
