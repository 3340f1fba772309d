import { Text } from 'ink';
import stringWidth from 'string-width';
import { barCells } from '../../format/bar.ts';
import { shortenMiddle } from '../../format/shorten.ts';
import { sparkline } from '../../format/sparkline.ts';
import { formatEta, formatPercent, formatRate, formatShortCount } from '../../format/units.ts';
import type { GroupModel } from '../../model/model.ts';
import { endpoint } from '../../model/tuple-group.ts';
import type { TableLayout } from '../layout.ts';
import { type Glyphs, SEVERITY_COLOR, withGlyphs } from '../theme.ts';
import { rowMarks } from './marks.tsx';

export interface GroupRowProps {
  readonly group: GroupModel;
  readonly selected: boolean;
  readonly layout: TableLayout;
  readonly glyphs: Glyphs;
}

/** One group: label, bar, headroom, figures, drain sparkline. One Text, as a Box for each cell costs twice the CPU. */
export function GroupRow({ group, selected, layout, glyphs }: GroupRowProps) {
  const color = SEVERITY_COLOR[group.severity];
  const signal = color === undefined ? {} : { color };
  return (
    <Text wrap="truncate">
      <Text {...signal} bold={selected}>
        {rowMarks(selected, group.severity, glyphs) + groupText(group, layout.group, glyphs)}
      </Text>
      {layout.bar !== undefined && (
        <Text {...signal}>{` ${barText(group, layout.bar, glyphs)} `}</Text>
      )}
      <Text {...signal} bold={group.severity !== 'info'}>
        {formatPercent(group.headroomPercent).padStart(layout.headroom)}
      </Text>
      {figuresText(group, layout)}
      {layout.drain !== undefined &&
        ` ${sparkline(group.drainSchedule, layout.drain, glyphs.spark).padEnd(layout.drain)} `}
      {layout.eta !== undefined && (
        <Text {...signal}>{formatEta(group.etaSeconds).padStart(layout.eta)}</Text>
      )}
    </Text>
  );
}

/** The label in `width` columns: whole, or without its source, or cut in its middle; the destination tells more. */
export function groupText(group: GroupModel, width: number, glyphs: Glyphs): string {
  const whole = withGlyphs(group.label, glyphs);
  const destination = `${glyphs.arrow} ${endpoint(group.remoteAddress, group.remotePort)}`;
  const text =
    stringWidth(whole) <= width ? whole : shortenMiddle(destination, width, glyphs.ellipsis);
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

/** Solid: live. Dense: TIME_WAIT that blocks. Light: TIME_WAIT that connect() would take over. Dots: free. */
export function barText(group: GroupModel, width: number, glyphs: Glyphs): string {
  const cells = barCells(group, width);
  return (
    glyphs.live.repeat(cells.live) +
    glyphs.timeWait.repeat(cells.timeWait) +
    glyphs.reusable.repeat(cells.reusable) +
    glyphs.free.repeat(cells.free)
  );
}

function figuresText(group: GroupModel, layout: TableLayout): string {
  const cell = (text: string, width: number | undefined) =>
    width === undefined ? '' : text.padStart(width);
  return (
    cell(formatShortCount(group.liveUsed), layout.live) +
    cell(formatShortCount(group.timeWaitUsed + group.reusable), layout.tw) +
    cell(formatRate(group.closeRate), layout.closes)
  );
}
