import { shortenEnd } from '../../format/shorten.ts';
import { nowMarked } from '../../format/sparkline.ts';
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

/** Closes on the whole machine within one TIME_WAIT lifetime, and when they leave it. */
export function DrainLine({ model, columns, glyphs }: DrainLineProps) {
  const total = model.drainSchedule.reduce((sum, count) => sum + count, 0);
  const overdue = model.groups.reduce((sum, group) => sum + group.overdueTimeWait, 0);
  const early = model.groups.some((group) => earlyLeaving(model.sample, group) !== undefined);
  const closes = ` all groups ${formatRate(model.closeRate)} closes/s `;
  const length = `${model.sample.timeWaitSeconds} s`;
  const before = `${closes}${glyphs.separator} ${length} ago `;
  const bound = early ? ', or before' : '';
  const whole = ` in ${length}: ${formatCount(total)} TIME_WAIT expire${bound}`;
  const roomFor = (after: string) => Math.floor((columns - before.length - after.length - 2) / 2);
  // A number cut short would be a different number.
  const after = roomFor(whole) >= SMALLEST_SIDE ? whole : ` in ${length}${bound}`;
  const width = Math.max(SMALLEST_SIDE, Math.min(LARGEST_SIDE, roomFor(after)));
  const marked = nowMarked(model.drainSchedule, overdue, width, glyphs.spark);
  const line = withGlyphs(`${before}${marked}${after}`, glyphs);
  const shown = shortenEnd(line, columns, glyphs.ellipsis);
  const [separator, figure, end] = [closes.length, before.length, before.length + marked.length];
  return (
    <Text wrap="truncate">
      {shown.slice(0, separator)}
      <Secondary>{shown.slice(separator, separator + 1)}</Secondary>
      {shown.slice(separator + 1, figure)}
      <Secondary>{shown.slice(figure, end)}</Secondary>
      {shown.slice(end)}
    </Text>
  );
}
