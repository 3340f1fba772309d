import type { IBufferCell } from '@xterm/headless';

/** One character cell. Colours are `#rrggbb`, `ansi<0–255>`, or undefined for the default. */
export type Cell = {
  text: string;
  foreground: string | undefined;
  background: string | undefined;
  bold: boolean;
  dim: boolean;
  underline: boolean;
  inverse: boolean;
};

/** Reads what a test may ask about a cell of the emulator. */
export function describeCell(cell: IBufferCell): Cell {
  const colour = (isRgb: boolean, isPalette: boolean, value: number) => {
    if (isRgb) return `#${value.toString(16).padStart(6, '0')}`;
    return isPalette ? `ansi${value}` : undefined;
  };
  return {
    text: cell.getChars(),
    foreground: colour(cell.isFgRGB(), cell.isFgPalette(), cell.getFgColor()),
    background: colour(cell.isBgRGB(), cell.isBgPalette(), cell.getBgColor()),
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
    underline: cell.isUnderline() !== 0,
    inverse: cell.isInverse() !== 0,
  };
}
