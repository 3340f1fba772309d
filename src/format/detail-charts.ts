import { forecastUsed } from '../model/forecast.ts';
import type { Model } from '../model/model.ts';
import type { GroupModel } from '../model/group-model.ts';
import { CHART_AXIS_WIDTH, chartLines } from './chart.ts';
import type { StyledLine } from './styled-line.ts';
import { formatDuration, formatEta } from './units.ts';
import { sparkTop } from './sparkline.ts';
import { isDry } from './headroom.ts';

/** Where a chart is drawn. */
export interface ChartSpace {
  /** Columns of the screen, axis included. */
  readonly width: number;
  /** Rows of its columns. */
  readonly height: number;
}

/** Columns on either side of the mark for now. */
function sideWidth({ width }: ChartSpace): number {
  return Math.max(1, Math.floor((width - CHART_AXIS_WIDTH - 1) / 2));
}

/** Seconds of the future to draw; if ports run out, this multiple of the time until then. */
const AHEAD = { least: 60, most: 600, times: 1.25 } as const;

/**
 * Ports in use: the past (`usedBefore`: second by second, the oldest first) and the forecast. The top edge is the number
 * of usable ports.
 */
export function usedChart(
  { wheel }: Model,
  group: GroupModel,
  usedBefore: readonly (number | undefined)[],
  space: ChartSpace,
): StyledLine[] {
  const { usable, etaSeconds, growthPerSecond = 0, severity, demandPerSecond } = group;
  const width = sideWidth(space);
  const wanted = Math.max(AHEAD.least, Math.min(AHEAD.most, (etaSeconds ?? 0) * AHEAD.times));
  // Whole seconds a column, the same on both sides.
  const perColumn = Math.max(1, Math.ceil(wanted / width));
  const used = forecastUsed(group, growthPerSecond, wheel, group.trend);
  // While connections are refused, ports that come free are taken at once.
  const refused = isDry(group) ? Math.max(0, (demandPerSecond ?? 0) - group.closesPerSecond) : 0;
  const usedAfter = (seconds: number) =>
    Math.min(usable, Math.max(0, used(seconds) + refused * seconds));
  const after = Array.from({ length: width }, (_, column) => usedAfter((column + 1) * perColumn));
  const before = means(usedBefore, width, perColumn);
  const isReached = etaSeconds !== null && etaSeconds > 0 && etaSeconds <= width * perColumn;
  return chartLines(
    {
      title: 'PORTS IN USE, past and forecast',
      before,
      after,
      top: usable,
      unit: '',
      height: space.height,
      cliff: group.parity.first.usable,
      labels: [`${formatEta(width * perColumn)} ago`, `in ${formatEta(width * perColumn)}`],
      event: isReached
        ? {
            column: Math.floor(etaSeconds / perColumn),
            text: `▲ none left in ${formatEta(etaSeconds)}`,
          }
        : undefined,
    },
    { before: severity === 'info' ? 'plain' : 'signal', after: 'dim' },
  );
}

/** Means of `perColumn` seconds each, the last ones on the right; undefined where none is known. */
function means(
  perSecond: readonly (number | undefined)[],
  width: number,
  perColumn: number,
): (number | undefined)[] {
  return Array.from({ length: width }, (_, column) => {
    const end = perSecond.length - (width - 1 - column) * perColumn;
    const known = perSecond
      .slice(Math.max(0, end - perColumn), Math.max(0, end))
      .filter((count) => count !== undefined);
    return known.length === 0
      ? undefined
      : known.reduce((sum, count) => sum + count, 0) / known.length;
  });
}

/**
 * TIME_WAIT by age (the time since the close) and by the time left. Either side spans TIME_WAIT's length; the overdue
 * sockets are older and not drawn on the left. The eye should go to the ports that come back before none is left: they
 * have the group's signal colour, and the moment has a mark; the others are dim.
 */
export function timeWaitChart(
  group: GroupModel,
  isEarly: boolean,
  space: ChartSpace,
): StyledLine[] {
  const lengthSeconds = group.drainSchedule.length;
  const perColumn = lengthSeconds / mostColumns(lengthSeconds, sideWidth(space));
  const { etaSeconds } = group;
  const end =
    etaSeconds !== null && etaSeconds > 0 && etaSeconds < lengthSeconds
      ? Math.floor(etaSeconds / perColumn)
      : undefined;
  const [first = 0, ...others] = group.drainSchedule;
  const closed = columnRates([Math.max(0, first - group.overdueTimeWait), ...others], perColumn);
  const leaving = columnRates(group.drainSchedule, perColumn);
  return chartLines(
    {
      title: timeWaitTitle(isEarly, space),
      before: closed,
      after: leaving,
      top: sparkTop([closed, leaving], closed.length) || 1,
      unit: '/s',
      height: space.height,
      labels: [`${formatDuration(lengthSeconds)} old`, `in ${formatDuration(lengthSeconds)}`],
      event: end === undefined ? undefined : { column: end, text: '▲ none left' },
    },
    {
      before: 'dim',
      after: (column) => (end === undefined ? 'plain' : column <= end ? 'signal' : 'dim'),
    },
  );
}

function timeWaitTitle(isEarly: boolean, { width }: ChartSpace): string {
  const title = `TIME_WAIT by age, and by time left${isEarly ? ' (at most)' : ''}`;
  return title.length <= width ? title : 'TIME_WAIT by time left (at most)';
}

/** The most columns that this many seconds fill at whole seconds per column. */
function mostColumns(lengthSeconds: number, width: number): number {
  let columns = Math.max(1, Math.min(width, lengthSeconds));
  while (lengthSeconds % columns !== 0) columns--;
  return columns;
}

function columnRates(schedule: readonly number[], perColumn: number): number[] {
  return Array.from({ length: schedule.length / perColumn }, (_, column) => {
    const part = schedule.slice(column * perColumn, (column + 1) * perColumn);
    return part.reduce((sum, count) => sum + count, 0) / perColumn;
  });
}
