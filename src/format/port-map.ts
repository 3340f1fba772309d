import type { PortRange } from '../kernel/port-range.ts';
import {
  partsOfHalf,
  type PortUse,
  type PortUseName,
  type UsedPart,
} from '../model/sample/port-use.ts';
import { filledLines, plain, type Span, type StyledLine, type Tone } from './styled-line.ts';

/** `mixed`: neither mostly taken nor mostly free. */
type CellName = PortUseName | 'mixed';

interface CellStyle {
  readonly glyph: string;
  readonly tone: Tone;
  readonly words: string;
}

/** What cells are drawn as, in the order of the legend. */
const CELLS: Readonly<Record<CellName, CellStyle>> = {
  live: { glyph: '█', tone: 'signal', words: 'live' },
  timeWait: { glyph: '▓', tone: 'signal', words: 'TIME_WAIT' },
  reusable: { glyph: '░', tone: 'plain', words: 'TIME_WAIT that may be taken over' },
  reserved: { glyph: 'R', tone: 'strong', words: 'reserved' },
  held: { glyph: 'H', tone: 'strong', words: 'held by bind()' },
  mixed: { glyph: '▒', tone: 'signal', words: 'partly free' },
  free: { glyph: '·', tone: 'dim', words: 'free' },
};

const CELL_NAMES = Object.keys(CELLS) as CellName[];
const USE_NAMES = CELL_NAMES.filter((name) => name !== 'mixed');

/** Free share of a cell below and above which it is drawn as taken and as free. */
const MIXED = { from: 0.25, to: 0.75 };

/** Columns left of the cells: the first port of the row. */
const LABEL_WIDTH = 6;

/** What is to be drawn, and where. */
export interface PortMapProps {
  readonly use: PortUse;
  readonly range: PortRange;
  /** What is said of either half; the first is that which connect() takes first. */
  readonly headings: readonly [string, string];
  /** Columns of the screen. */
  readonly width: number;
  readonly rowsPerHalf: number;
}

/**
 * The whole range as a map: both halves, in cells of neighbouring ports. A cell shows what most of its ports are. A rare
 * kind gets at least one cell in each half, the one in which its share is greatest, so that a single held port shows,
 * and where it is.
 */
export function portMapLines(props: PortMapProps): StyledLine[] {
  const { use, range, headings, width, rowsPerHalf } = props;
  const columns = Math.max(1, width - LABEL_WIDTH);
  const halves = ([0, 1] as const).map((half) => {
    const parts = partsOfHalf(use, range, half, columns * rowsPerHalf);
    return { parts, names: cellNames(parts), heading: headings[half] };
  });
  const most = Math.max(0, ...halves.flatMap(({ parts }) => parts.map(portsOf)));
  const pieces: Span[][] = [
    [{ text: `PORTS ${range.low}–${range.high}`, tone: 'strong' }],
    [{ text: `a cell is ${most === 1 ? 'one port' : `${most} ports`}:`, tone: 'plain' }],
    ...legend(halves.flatMap(({ names }) => names)),
  ];
  return [
    ...filledLines(pieces, width),
    ...halves.flatMap(({ parts, names, heading }) => [
      plain(heading),
      ...rowsOf(parts, names, columns),
    ]),
  ];
}

const portsOf = ({ low, high }: UsedPart) => (high - low) / 2 + 1;

function rowsOf(
  parts: readonly UsedPart[],
  names: readonly CellName[],
  columns: number,
): StyledLine[] {
  // Rows of the same length, rather than a short one at the end.
  const perRow = Math.ceil(parts.length / Math.max(1, Math.ceil(parts.length / columns)));
  const lines: StyledLine[] = [];
  for (let from = 0; from < parts.length; from += perRow) {
    const label = `${parts[from]?.low ?? ''}`.padEnd(LABEL_WIDTH);
    lines.push([{ text: label, tone: 'dim' }, ...cellSpans(names.slice(from, from + perRow))]);
  }
  return lines;
}

function cellNames(parts: readonly UsedPart[]): CellName[] {
  const names = parts.map(cellName);
  const share = (name: PortUseName) => (part: UsedPart) => part.counts[name] / portsOf(part);
  for (const name of USE_NAMES) {
    const shares = parts.map(share(name));
    const greatest = Math.max(0, ...shares);
    if (greatest > 0 && !names.includes(name)) names[shares.indexOf(greatest)] = name;
  }
  return names;
}

function cellName(part: UsedPart): CellName {
  const { counts } = part;
  const free = counts.free / portsOf(part);
  if (free > MIXED.to) return 'free';
  if (free > MIXED.from) return 'mixed';
  return USE_NAMES.reduce((most, name) =>
    name !== 'free' && counts[name] > counts[most] ? name : most,
  );
}

/** Cells of one tone in one piece. */
function cellSpans(names: readonly CellName[]): Span[] {
  const spans: { text: string; tone: Tone }[] = [];
  for (const name of names) {
    const { glyph, tone } = CELLS[name];
    const last = spans.at(-1);
    if (last?.tone === tone) last.text += glyph;
    else spans.push({ text: glyph, tone });
  }
  return spans;
}

/** What is on the map, in words. */
function legend(names: readonly CellName[]): Span[][] {
  return CELL_NAMES.filter((name) => names.includes(name)).map((name) => {
    const { glyph, tone, words } = CELLS[name];
    return [
      { text: glyph, tone },
      { text: ` ${words}`, tone: 'plain' },
    ];
  });
}
