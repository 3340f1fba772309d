import { sparkline } from '../../format/sparkline.ts';
import { formatCount, formatRate } from '../../format/units.ts';
import type { Model } from '../../model/model.ts';
import type { Glyphs } from '../theme.ts';
import { Line } from './line.tsx';

export interface DrainLineProps {
  readonly model: Model;
  /** Terminal columns. */
  readonly columns: number;
  readonly glyphs: Glyphs;
}

/** The whole machine's drain schedule: when its TIME_WAIT sockets leave. */
export function DrainLine({ model, columns, glyphs }: DrainLineProps) {
  const total = model.drainSchedule.reduce((sum, count) => sum + count, 0);
  const before = ` all groups ${formatRate(model.closeRate)} closes/s ${glyphs.separator} drain now `;
  const after = ` in 60 s: ${formatCount(total)} TIME_WAIT leave`;
  const width = Math.max(10, Math.min(60, columns - before.length - after.length - 1));
  const line = `${before}${sparkline(model.drainSchedule, width, glyphs.spark).padEnd(width)}${after}`;
  return (
    <Line columns={columns} glyphs={glyphs}>
      {line}
    </Line>
  );
}
