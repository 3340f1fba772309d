import { shortenEnd } from '../../format/shorten.ts';
import { drainMarks, sparkScale } from '../../format/sparkline.ts';
import { Text } from 'ink';
import { formatCount, formatRate } from '../../format/units.ts';
import type { Model } from '../../model/model.ts';
import { earlyLeaving } from '../../model/early-expiry.ts';
import { type Glyphs, withGlyphs } from '../theme.ts';
import { Secondary } from './secondary.tsx';

export interface DrainLineProps {
  readonly model: Model;
  /** Terminal columns. */
  readonly columns: number;
  readonly glyphs: Glyphs;
}

/** Columns of what was, and of what will be. */
const SMALLEST_SIDE = 5;
const LARGEST_SIDE = 30;
const CLOSES_WIDTH = ' all groups 1.2k closes/s '.length;
const LARGEST_TOTAL = '64,512';

/** Closes on the whole machine within one TIME_WAIT lifetime, and when they leave it. */
export function DrainLine({ model, columns, glyphs }: DrainLineProps) {
  const total = model.drainSchedule.reduce((sum, count) => sum + count, 0);
  const overdue = model.groups.reduce((sum, group) => sum + group.overdueTimeWait, 0);
  const early = model.groups.some((group) => earlyLeaving(model.sample, group) !== undefined);
  // The figures have room to grow, so that what stands behind them keeps its place.
  const closes = ` all groups ${formatRate(model.closeRate)} closes/s `.padEnd(CLOSES_WIDTH);
  const length = `${model.sample.timeWaitSeconds} s`;
  const before = `${closes}${glyphs.separator} ${length} ago `;
  const bound = early ? ', or before' : '';
  const whole = (count: string) => ` in ${length}: ${count} TIME_WAIT expire${bound}`;
  const roomFor = (after: string) => Math.floor((columns - before.length - after.length - 1) / 2);
  // A number cut short would be a different number.
  const isWhole = roomFor(whole(formatCount(total))) >= SMALLEST_SIDE;
  const after = isWhole ? whole(formatCount(total)) : ` in ${length}${bound}`;
  const room = roomFor(isWhole ? whole(LARGEST_TOTAL) : after);
  const width = Math.max(SMALLEST_SIDE, Math.min(LARGEST_SIDE, room));
  const { past, next, top } = drainMarks(model.drainSchedule, overdue, width, glyphs.spark);
  const line = withGlyphs(`${before}${past}${glyphs.separator}${next}${after}`, glyphs);
  const scale = withGlyphs(` (${sparkScale(top)})`, glyphs);
  const hasScale = top > 0 && line.length + scale.length <= columns;
  const shown = shortenEnd(hasScale ? line + scale : line, columns, glyphs.ellipsis);
  const [separator, start] = [closes.length, before.length];
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
