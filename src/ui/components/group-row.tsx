import { Text } from 'ink';
import { stringWidth } from '../../format/string-width.ts';
import { barCells } from '../../format/bar.ts';
import { headroomText, pressureText } from '../../format/headroom.ts';
import { foldLabel, labelText } from '../../format/fold.ts';
import { ownerText } from '../../format/owners.ts';
import { placeText } from '../../format/place.ts';
import { shortenMiddle } from '../../format/shorten.ts';
import { shortLabel, type ShortLabelProps } from '../../format/short-label.ts';
import { sparkline } from '../../format/sparkline.ts';
import { formatEmptyIn, formatRate, formatShortCount } from '../../format/units.ts';
import type { VisibleGroup } from '../../model/query/fold.ts';
import { type HostNames, NO_NAMES } from '../../model/host-name.ts';
import type { GroupModel } from '../../model/group-model.ts';
import { lullSeconds } from '../../model/outage-state.ts';
import type { TableLayout } from '../layout.ts';
import { secondaryStyle, usePalette } from '../hooks/use-palette.ts';
import { type Glyphs, withGlyphs } from '../theme.ts';
import { Secondary } from './secondary.tsx';

export interface GroupRowProps {
  readonly group: VisibleGroup;
  readonly selected: boolean;
  /** It has gone; these are its last values. */
  readonly fading: boolean;
  /** No samples come from its place; these are the last values. */
  readonly isLost?: boolean;
  /** Mark of a row that is not in its place; ' ' for none. */
  readonly pin?: string;
  /** Whether all rows have the same source, which is said elsewhere. */
  readonly hideSource?: boolean;
  readonly layout: TableLayout;
  readonly glyphs: Glyphs;
  /** Shown instead of destination addresses. */
  readonly names: HostNames;
  /** When the rows are from, Unix time in ms. */
  readonly nowMs: number;
  /** The scale of the drain column: see `sparkTop`. */
  readonly drainTop: number;
}

/**
 * One group: marks (selection; severity, or that it has gone; that it is not in its place), label, owner, bar, headroom, figures, drain
 * sparkline. It is one Text, because a Box for each cell costs twice the CPU.
 */
export function GroupRow(props: GroupRowProps) {
  const {
    group,
    selected,
    fading,
    pin = ' ',
    hideSource,
    isLost = false,
    layout,
    glyphs,
    names,
    drainTop,
    nowMs,
  } = props;
  const severity = fading ? 'info' : group.severity;
  const palette = usePalette();
  const color = palette[severity];
  const mark = fading ? glyphs.gone : glyphs.severity[severity];
  const signal = color === undefined ? {} : { color };
  return (
    <Text wrap="truncate" dimColor={fading || isLost}>
      <Text {...signal} bold={selected}>
        {`${selected ? glyphs.selected : ' '}${mark}${pin}` +
          (layout.place === undefined ? '' : placeCell(group, layout.place, isLost, glyphs)) +
          groupText(group, layout.group, glyphs, names, hideSource ? 'none' : 'end')}
      </Text>
      {layout.owner !== undefined && ` ${ownerCell(group, layout.owner - 1, glyphs)}`}
      {layout.bar !== undefined && (
        <Bar group={group.fold?.worst ?? group} width={layout.bar} glyphs={glyphs} {...signal} />
      )}
      <Text {...signal} bold={severity !== 'info'}>
        {withGlyphs(headroomText(group), glyphs).padStart(layout.headroom)}
      </Text>
      {figuresText(group, layout, glyphs)}
      {layout.drain !== undefined && (
        <Secondary>
          {` ${sparkline(group.drainSchedule, layout.drain, glyphs.spark, drainTop).padEnd(layout.drain)} `}
        </Secondary>
      )}
      {layout.eta !== undefined && (
        <Text {...(group.etaSeconds === null ? secondaryStyle(palette) : signal)}>
          {formatEmptyIn({ ...group, lullSeconds: lullSeconds(group, nowMs) }).padStart(layout.eta)}
        </Text>
      )}
    </Text>
  );
}

/** The label of a group or fold in exactly `width` columns: see `shortLabel`. */
export function groupText(
  group: VisibleGroup,
  width: number,
  glyphs: Glyphs,
  names: HostNames = NO_NAMES,
  source: ShortLabelProps['source'] = 'whole',
): string {
  if (group.fold !== undefined) return foldText(group, width, glyphs, names);
  return padEnd(shortLabel(group, width, { ...glyphs, names, source }), width);
}

/** What the members of a fold have in common and how many there are; only the former where both are too wide. */
function foldText(fold: VisibleGroup, width: number, glyphs: Glyphs, names: HostNames): string {
  const whole = withGlyphs(labelText(fold, names), glyphs);
  const label = withGlyphs(foldLabel(fold, names), glyphs);
  const fits = stringWidth(whole) <= width;
  return padEnd(fits ? whole : shortenMiddle(label, width, glyphs.ellipsis), width);
}

/** Where the group is, in exactly `width` columns with a blank behind it; marked if no samples come from there. */
function placeCell(group: VisibleGroup, width: number, isLost: boolean, glyphs: Glyphs): string {
  const text = withGlyphs(`${isLost ? LOST_MARK : ''}${placeText(group)}`, glyphs);
  return padEnd(shortenMiddle(text, width - 1, glyphs.ellipsis), width);
}

const LOST_MARK = '!';

/** Who holds the group's connections, in exactly `width` columns. */
export function ownerCell(group: GroupModel, width: number, glyphs: Glyphs): string {
  return padEnd(withGlyphs(ownerText(group, width, glyphs.ellipsis), glyphs), width);
}

/** `padEnd` by columns of the terminal. */
function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

interface BarProps {
  readonly group: GroupModel;
  readonly width: number;
  readonly glyphs: Glyphs;
  readonly color?: string;
}

function Bar({ group, width, glyphs, ...signal }: BarProps) {
  const { taken, free } = barParts(group, width, glyphs);
  return (
    <>
      <Text {...signal}>{` ${taken}`}</Text>
      <Secondary>{`${free} `}</Secondary>
    </>
  );
}

/**
 * Solid: live. Dense: TIME_WAIT that blocks. Light: TIME_WAIT that connect() would take over. Dots: free.
 * Where the first half of the ports ends stands the mark of the cliff, as long as the bar has not passed it.
 */
export function barParts(
  group: GroupModel,
  width: number,
  glyphs: Glyphs,
): { taken: string; free: string } {
  const cells = barCells(group, width);
  const taken =
    glyphs.live.repeat(cells.live) +
    glyphs.timeWait.repeat(cells.timeWait) +
    glyphs.reusable.repeat(cells.reusable);
  const free = [...glyphs.free.repeat(cells.free)];
  const share = group.parity.first.usable / Math.max(1, group.usable);
  const cliff = Math.min(width - 1, Math.floor(width * share)) - taken.length;
  if (cliff >= 0) free[cliff] = glyphs.cliff;
  return { taken, free: free.join('') };
}

function figuresText(group: GroupModel, layout: TableLayout, glyphs: Glyphs): string {
  const cell = (text: string, width: number | undefined) =>
    width === undefined ? '' : text.padStart(width);
  return (
    cell(withGlyphs(pressureText(group), glyphs), layout.refused) +
    cell(formatShortCount(group.liveUsed), layout.live) +
    cell(formatShortCount(group.timeWaitUsed + group.reusable), layout.tw) +
    cell(formatRate(group.closeRate), layout.closes)
  );
}
