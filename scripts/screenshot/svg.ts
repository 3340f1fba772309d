import type { IBufferCell, Terminal } from '@xterm/headless';
import { CELL, glyphShape, rectangle } from './glyph-shapes.ts';
import { cellColours, DEFAULT_COLOURS } from './palette.ts';
import { type Caption, MARGIN, windowFrame } from './window.ts';

/** The font that the pictures are set in; png.ts brings its files. */
export const FONT_FAMILY = 'DejaVu Sans Mono';

// An advance of DejaVu Sans Mono is 1233/2048 em: at this size it is exactly one cell.
const FONT_SIZE = (CELL.width * 2048) / 1233;
const BASELINE = 15;
const UNDERLINE = 17;
const DIM_OPACITY = 0.6;
const PLAIN_TEXT = /^[\x20-\x7e]$/;

type Layers = { backgrounds: string[]; glyphs: string[] };
/** Neighbouring characters of one style, set as one text. */
type Run = { x: number; style: string; text: string };

/** The screen of the emulator, as it stands, in a window, as an SVG document. */
export function toSvg(terminal: Terminal, caption?: Caption): string {
  const layers: Layers = { backgrounds: [], glyphs: [] };
  for (let row = 0; row < terminal.rows; row++) drawRow(terminal, row, layers);
  const width = terminal.cols * CELL.width + 2 * MARGIN.side;
  const height = terminal.rows * CELL.height + MARGIN.top + MARGIN.bottom;
  const font = `font-family="${FONT_FAMILY}" font-size="${FONT_SIZE.toFixed(4)}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"`,
    ` viewBox="0 0 ${width} ${height}">`,
    `<g ${font}>${windowFrame(width, height, CELL.width, caption)}`,
    `<g transform="translate(${MARGIN.side} ${MARGIN.top})">`,
    `<g shape-rendering="crispEdges">${layers.backgrounds.join('')}</g>`,
    ...layers.glyphs,
    '</g></g></svg>',
  ].join('');
}

function drawRow(terminal: Terminal, row: number, layers: Layers): void {
  const { active } = terminal.buffer;
  const line = active.getLine(active.baseY + row);
  let run: Run | undefined;
  for (let column = 0; column < terminal.cols; column++) {
    const cell = line?.getCell(column);
    if (cell === undefined || cell.getWidth() === 0) continue; // the right half of a wide one
    const x = column * CELL.width;
    drawBackground(cell, x, row * CELL.height, layers);
    const shape = drawShape(cell, x, row * CELL.height);
    if (shape === undefined && run !== undefined && continues(run, cell)) {
      run.text += cell.getChars() || ' ';
      continue;
    }
    drawRun(run, row, layers);
    run = undefined;
    if (shape === undefined) run = { x, style: textStyle(cell), text: cell.getChars() || ' ' };
    else layers.glyphs.push(shape);
  }
  drawRun(run, row, layers);
}

function drawBackground(cell: IBufferCell, x: number, y: number, layers: Layers): void {
  const { foreground, background } = cellColours(cell);
  const width = CELL.width * cell.getWidth();
  if (background !== DEFAULT_COLOURS.background) {
    layers.backgrounds.push(rectangle(x, y, width, CELL.height, background));
  }
  if (cell.isUnderline())
    layers.backgrounds.push(rectangle(x, y + UNDERLINE, width, 1, foreground));
}

function drawShape(cell: IBufferCell, x: number, y: number): string | undefined {
  const shape = glyphShape(cell.getChars(), x, y, cellColours(cell).foreground);
  if (shape === undefined || !cell.isDim()) return shape;
  return `<g opacity="${DIM_OPACITY}">${shape}</g>`;
}

// A glyph outside ASCII may be missing from the font or be wider; it begins a run of its own, so
// that it cannot push its neighbours off the grid.
function continues(run: Run, cell: IBufferCell): boolean {
  const plain = PLAIN_TEXT.test(cell.getChars() || ' ') && PLAIN_TEXT.test(run.text.at(-1) ?? '');
  return plain && run.style === textStyle(cell);
}

function drawRun(run: Run | undefined, row: number, layers: Layers): void {
  if (run === undefined || run.text.trim() === '') return;
  const y = row * CELL.height + BASELINE;
  const position = `x="${run.x}" y="${y}"`;
  layers.glyphs.push(
    `<text ${position} ${run.style} xml:space="preserve">${escapeXml(run.text)}</text>`,
  );
}

function textStyle(cell: IBufferCell): string {
  const attributes = [`fill="${cellColours(cell).foreground}"`];
  if (cell.isBold()) attributes.push('font-weight="bold"');
  if (cell.isItalic()) attributes.push('font-style="italic"');
  if (cell.isDim()) attributes.push(`opacity="${DIM_OPACITY}"`);
  return attributes.join(' ');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
