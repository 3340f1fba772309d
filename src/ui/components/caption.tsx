import { Box, Text } from 'ink';
import { BIG_TEXT_ROWS, bigText, bigTextWidth, type PixelSize } from '../../format/big-text.ts';
import { shortenEnd } from '../../format/shorten.ts';
import { stringWidth } from '../../format/string-width.ts';
import { wrapWords } from '../../format/wrap.ts';
import { usePalette } from '../hooks/use-palette.ts';
import type { ShowState } from '../show.ts';
import { type Glyphs, withGlyphs } from '../theme.ts';
import { Line } from './line.tsx';

interface Screen {
  /** Of the whole screen. */
  readonly columns: number;
  readonly rows: number;
  readonly glyphs: Glyphs;
}

/** How a caption is divided, in rows. */
interface CaptionLayout {
  /** Of the letters of the headline; undefined: they are as all others. */
  readonly size: PixelSize | undefined;
  /** Blank rows around the headline. */
  readonly gaps: number;
  readonly text: number;
  /** Of the place in the story, which is in the bar beside large letters. */
  readonly status: number;
  /** Of the show's keys. */
  readonly keys: number;
}

/** From the largest; the table keeps its first rows on each. */
const LAYOUTS: readonly (CaptionLayout & { readonly from: { columns: number; rows: number } })[] = [
  { from: { columns: 120, rows: 36 }, size: 'whole', gaps: 2, text: 2, status: 0, keys: 1 },
  { from: { columns: 72, rows: 36 }, size: 'half', gaps: 2, text: 3, status: 0, keys: 1 },
  { from: { columns: 72, rows: 24 }, size: 'half', gaps: 0, text: 2, status: 0, keys: 1 },
  { from: { columns: 30, rows: 18 }, size: undefined, gaps: 0, text: 3, status: 1, keys: 1 },
  { from: { columns: 30, rows: 12 }, size: undefined, gaps: 0, text: 0, status: 1, keys: 1 },
  { from: { columns: 30, rows: 10 }, size: undefined, gaps: 0, text: 0, status: 0, keys: 1 },
];

const SMALLEST: CaptionLayout = { size: undefined, gaps: 0, text: 0, status: 0, keys: 0 };

function captionLayout({ columns, rows }: Screen): CaptionLayout {
  return LAYOUTS.find(({ from }) => columns >= from.columns && rows >= from.rows) ?? SMALLEST;
}

/** Rows of a caption on a screen of this size, whatever it says. */
export function captionHeight(screen: Screen): number {
  const { size, gaps, text, status, keys } = captionLayout(screen);
  return 1 + (size === undefined ? 0 : BIG_TEXT_ROWS[size]) + gaps + text + status + keys;
}

/** What happens, for those who sit far away: a headline in large letters, a sentence, the place in the story. */
export function Caption({ headline, text, severity, status, keys, ...screen }: ShowState & Screen) {
  const { columns, glyphs } = screen;
  const layout = captionLayout(screen);
  const line = { columns, glyphs };
  const isLarge = layout.size !== undefined;
  const sentences = wrapWords(withGlyphs(text, glyphs), columns - 2);
  const beside = layout.text === 0 ? text : '';
  const bar = isLarge ? status : headlineWith(headline, withGlyphs(beside, glyphs), columns - 2);
  return (
    <Box flexDirection="column" height={captionHeight(screen)} flexShrink={0} overflow="hidden">
      <Line {...line} inverse bold severity={severity}>
        {` ${bar}`.padEnd(columns)}
      </Line>
      {layout.size !== undefined && (
        <Headline {...line} size={layout.size} gaps={layout.gaps} severity={severity}>
          {headline}
        </Headline>
      )}
      {Array.from({ length: layout.text }, (_, at) => (
        <Line key={at} {...line} bold>
          {` ${lastOf(sentences, at, layout.text)}`}
        </Line>
      ))}
      {layout.status > 0 && (
        <Line {...line} dimColor>
          {` ${status}`}
        </Line>
      )}
      {layout.keys > 0 && (
        <Line {...line} dimColor>
          {` ${fittingKeys(keys, columns - 1)}`}
        </Line>
      )}
    </Box>
  );
}

const KEY_GAP = '   ';
const KEYS_ALWAYS = 2;

/**
 * The keys in a line: those that have no room are left out, the last ones only if the first would be; of the others, their
 * numbers are left.
 */
function fittingKeys(keys: readonly string[], width: number): string {
  const always = keys.slice(-KEYS_ALWAYS);
  const first = keys.slice(0, -KEYS_ALWAYS);
  const [best] = first;
  const numbers = (of: readonly string[]) => of.map((key) => key.split(' ')[0]).join(' ');
  const others = first.length > 1 ? [numbers(first.slice(1))] : [];
  const named = first.map((_, left) => [...first.slice(0, first.length - left), ...always]);
  const lines =
    best === undefined
      ? []
      : [
          ...named,
          [best, ...others, ...always.slice(0, 1)],
          [best, ...others],
          [`${numbers(first)} fix`, ...always],
        ];
  const fitting = lines.map((line) => line.join(KEY_GAP)).find((line) => line.length <= width);
  return fitting ?? always.join(KEY_GAP);
}

/** A headline, and as many whole sentences as have room beside it. */
function headlineWith(headline: string, text: string, width: number): string {
  const sentences = text.match(/.+?[.?!]\)?(?=\s|$)/g) ?? [];
  let line = headline;
  for (const [at, sentence] of sentences.entries()) {
    const longer = `${line}${at === 0 ? ': ' : ' '}${sentence.trim()}`;
    if (stringWidth(longer) > width) break;
    line = longer;
  }
  return line;
}

/** A row of the text; what has no room goes into the last one, to be cut there. */
function lastOf(sentences: readonly string[], at: number, rows: number): string {
  return (at === rows - 1 ? sentences.slice(at).join(' ') : sentences[at]) ?? '';
}

interface HeadlineProps extends Pick<Screen, 'columns' | 'glyphs'> {
  readonly children: string;
  readonly size: PixelSize;
  readonly gaps: number;
  readonly severity: ShowState['severity'];
}

/** Large letters, or spaced ones where there are no blocks to draw them with. */
function Headline({ children, size, gaps, severity, columns, glyphs }: HeadlineProps) {
  const color = usePalette()[severity];
  const lines = headlineLines(withGlyphs(children, glyphs), size, columns - 2, glyphs);
  const spare = BIG_TEXT_ROWS[size] - lines.length;
  return (
    <Box flexDirection="column" height={BIG_TEXT_ROWS[size] + gaps} paddingY={gaps / 2}>
      {lines.map((text, at) => (
        <Text key={at} wrap="truncate" bold {...(color !== undefined && { color })}>
          {` ${text}`}
        </Text>
      ))}
      {spare > 0 && <Box height={spare} />}
    </Box>
  );
}

function headlineLines(text: string, size: PixelSize, width: number, glyphs: Glyphs): string[] {
  const isFit = (pixels: PixelSize) => bigTextWidth(text, pixels) <= width;
  const canDraw = withGlyphs('█', glyphs) === '█';
  if (canDraw && isFit(size)) return bigText(text, size);
  if (canDraw && isFit('half')) return bigText(text, 'half');
  return ['', shortenEnd([...text].join(' '), width, glyphs.ellipsis)];
}
