/** Size of a character cell in SVG user units. */
export const CELL = { width: 10, height: 20 } as const;

const LINE_WIDTH = 2;
/** Bits of a quadrant block: upper left 1, upper right 2, lower left 4, lower right 8. */
const QUADRANTS = [4, 8, 1, 13, 9, 7, 11, 2, 6, 14];
/** Column and row of the dot that each bit of a braille code point stands for. */
const BRAILLE_DOTS = [
  ...[0, 1, 2].map((row) => [0, row] as const),
  ...[0, 1, 2].map((row) => [1, row] as const),
  [0, 3] as const,
  [1, 3] as const,
];
/** Arms of the light box lines: left, right, up, down. */
const BOX_ARMS: Record<string, string> = {
  '─': 'lr',
  '│': 'ud',
  '┌': 'rd',
  '┐': 'ld',
  '└': 'ru',
  '┘': 'lu',
  '├': 'udr',
  '┤': 'udl',
  '┬': 'lrd',
  '┴': 'lru',
  '┼': 'lrud',
  '╴': 'l',
  '╶': 'r',
  '╵': 'u',
  '╷': 'd',
};
/** Light, medium and dark shade: told apart from each other and from the full block at a glance. */
const SHADES = [0.22, 0.42, 0.62];
const BOX_ARCS: Record<string, string> = { '╭': 'rd', '╮': 'ld', '╰': 'ru', '╯': 'lu' };

/** A filled rectangle as SVG. */
export function rectangle(
  x: number,
  y: number,
  width: number,
  height: number,
  fill: string,
  opacity = 1,
): string {
  const shade = opacity < 1 ? ` fill-opacity="${opacity}"` : '';
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"${shade}/>`;
}

/**
 * Blocks, braille and light box lines as shapes on the cell grid, so that neighbours join without
 * the seams that font outlines leave; undefined for every other character.
 */
export function glyphShape(glyph: string, x: number, y: number, fill: string): string | undefined {
  const code = glyph.codePointAt(0) ?? 0;
  if (code >= 0x2580 && code <= 0x259f) return blockShape(code, x, y, fill);
  if (code >= 0x2800 && code <= 0x28ff) return brailleShape(code - 0x2800, x, y, fill);
  const arms = BOX_ARMS[glyph];
  if (arms !== undefined)
    return arms
      .split('')
      .map((arm) => boxArm(arm, x, y, fill))
      .join('');
  const arc = BOX_ARCS[glyph];
  return arc === undefined ? undefined : boxArc(arc, x, y, fill);
}

function blockShape(code: number, x: number, y: number, fill: string): string {
  const { width, height } = CELL;
  if (code === 0x2580) return rectangle(x, y, width, height / 2, fill);
  if (code <= 0x2588) {
    const filled = ((code - 0x2580) / 8) * height;
    return rectangle(x, y + height - filled, width, filled, fill);
  }
  if (code <= 0x258f) return rectangle(x, y, (width * (0x2590 - code)) / 8, height, fill);
  if (code === 0x2590) return rectangle(x + width / 2, y, width / 2, height, fill);
  if (code <= 0x2593) return rectangle(x, y, width, height, fill, SHADES[code - 0x2591]);
  if (code === 0x2594) return rectangle(x, y, width, height / 8, fill);
  if (code === 0x2595) return rectangle(x + (width * 7) / 8, y, width / 8, height, fill);
  return quadrants(QUADRANTS[code - 0x2596] ?? 0, x, y, fill);
}

function quadrants(bits: number, x: number, y: number, fill: string): string {
  const [width, height] = [CELL.width / 2, CELL.height / 2];
  return [0, 1, 2, 3]
    .filter((bit) => bits & (1 << bit))
    .map((bit) => rectangle(x + (bit & 1) * width, y + (bit >> 1) * height, width, height, fill))
    .join('');
}

function brailleShape(bits: number, x: number, y: number, fill: string): string {
  return BRAILLE_DOTS.filter((_, bit) => bits & (1 << bit))
    .map(([column, row]) => [x + 2.5 + column * 5, y + 2.5 + row * 5])
    .map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="1.7" fill="${fill}"/>`)
    .join('');
}

// Every arm reaches over the middle by half a line, so that corners are closed.
function boxArm(arm: string, x: number, y: number, fill: string): string {
  const [left, top] = [x + CELL.width / 2 - LINE_WIDTH / 2, y + CELL.height / 2 - LINE_WIDTH / 2];
  const [across, down] = [CELL.width / 2 + LINE_WIDTH / 2, CELL.height / 2 + LINE_WIDTH / 2];
  if (arm === 'l') return rectangle(x, top, across, LINE_WIDTH, fill);
  if (arm === 'r') return rectangle(left, top, across, LINE_WIDTH, fill);
  if (arm === 'u') return rectangle(left, y, LINE_WIDTH, down, fill);
  return rectangle(left, top, LINE_WIDTH, down, fill);
}

function boxArc(ends: string, x: number, y: number, stroke: string): string {
  const [middleX, middleY] = [x + CELL.width / 2, y + CELL.height / 2];
  const endX = ends.includes('r') ? x + CELL.width : x;
  const endY = ends.includes('d') ? y + CELL.height : y;
  const path = `M${middleX} ${endY}Q${middleX} ${middleY} ${endX} ${middleY}`;
  return `<path d="${path}" fill="none" stroke="${stroke}" stroke-width="${LINE_WIDTH}"/>`;
}
