import { shortenEnd } from '../../format/shorten.ts';
import { drainMarks, sparkScale } from '../../format/sparkline.ts';
import { Text } from 'ink';
import { formatCount, formatRate, formatShortCount } from '../../format/units.ts';
import type { Model } from '../../model/model.ts';
import { earlyLeaving } from '../../model/early-expiry.ts';
import { type Glyphs, withGlyphs } from '../theme.ts';
import { Secondary } from './secondary.tsx';

export interface DrainLineProps {
  readonly model: Model;
  /** True if there are other places too. */
  readonly hasPlaces?: boolean;
  /** Terminal columns. */
  readonly columns: number;
  readonly glyphs: Glyphs;
}

/** Columns of what was, and of what will be. */
const SMALLEST_SIDE = 5;
const LARGEST_SIDE = 30;
const CLOSES_WIDTH = ' all groups 1.2k closes/s '.length;
const LARGEST_TOTAL = '64,512';
/** On a narrow screen, the figure is worth more than longer sides. */
const NARROW = { closes: ' 1.2k closes/s '.length, side: 3 } as const;

/** Closes on the whole machine within one TIME_WAIT lifetime, and when they leave it. */
export function DrainLine({ model, hasPlaces = false, columns, glyphs }: DrainLineProps) {
  const total = model.drainSchedule.reduce((sum, count) => sum + count, 0);
  const overdue = model.groups.reduce((sum, group) => sum + group.overdueTimeWait, 0);
  const early = model.groups.some((group) => earlyLeaving(model.sample, group) !== undefined);
  const length = `${model.sample.timeWaitSeconds} s`;
  const { before, after, width } = textsAround(columns, {
    what: hasPlaces ? 'this place' : 'all groups',
    rate: formatRate(model.closeRate),
    ago: `${glyphs.separator} ${length} ago `,
    length,
    total,
    bound: early ? ', or before' : '',
  });
  const { past, next, top } = drainMarks(model.drainSchedule, overdue, width, glyphs.spark);
  const line = withGlyphs(`${before}${past}${glyphs.separator}${next}${after}`, glyphs);
  const scale = withGlyphs(` (${sparkScale(top)})`, glyphs);
  const hasScale = top > 0 && line.length + scale.length <= columns;
  const shown = shortenEnd(hasScale ? line + scale : line, columns, glyphs.ellipsis);
  const start = before.length;
  const separator = before.includes(glyphs.separator)
    ? before.indexOf(glyphs.separator)
    : start - 1;
  const now = start + past.length + 1;
  return (
    <Text wrap="truncate">
      {shown.slice(0, separator)}
      <Secondary>{shown.slice(separator, separator + 1)}</Secondary>
      {shown.slice(separator + 1, start)}
      {/* The eye goes to what comes back. */}
      <Secondary>{shown.slice(start, now)}</Secondary>
      {shown.slice(now)}
    </Text>
  );
}

interface Around {
  readonly before: string;
  readonly after: string;
  /** Columns of each side. */
  readonly width: number;
}

/** The words that there is room for. The figures have room to grow, so that what stands behind them keeps its place. */
function textsAround(
  columns: number,
  {
    what,
    rate,
    ago,
    length,
    total,
    bound,
  }: Record<'what' | 'rate' | 'ago' | 'length' | 'bound', string> & {
    readonly total: number;
  },
): Around {
  const before = ` ${what} ${rate} closes/s `.padEnd(CLOSES_WIDTH) + ago;
  const whole = (count: string) => ` in ${length}: ${count} TIME_WAIT expire${bound}`;
  const roomFor = (after: string, start = before) =>
    Math.min(LARGEST_SIDE, Math.floor((columns - start.length - after.length - 1) / 2));
  // A number cut short would be a different number.
  if (roomFor(whole(formatCount(total))) >= SMALLEST_SIDE) {
    const width = Math.max(SMALLEST_SIDE, roomFor(whole(LARGEST_TOTAL)));
    return { before, after: whole(formatCount(total)), width };
  }
  const after = ` in ${length}`;
  const count = formatShortCount(total).padEnd(SHORT_COUNT);
  const counted = `${after}: ${count}`;
  for (const end of [`${after}${bound}: ${count}`, counted])
    if (roomFor(end) >= SMALLEST_SIDE) return { before, after: end, width: roomFor(end) };
  const start = ` ${rate} closes/s `.padEnd(NARROW.closes);
  const end = roomFor(counted, start) >= NARROW.side ? counted : after;
  return { before: start, after: end, width: Math.max(NARROW.side, roomFor(end, start)) };
}

const SHORT_COUNT = 5;
