import type { Model } from '../model/model.ts';
import type { GroupModel } from '../model/group-model.ts';
import type { ParityUse } from '../model/sample/tuple-group.ts';
import { portsLostToBind } from '../model/advice/cause.ts';
import { heldSeconds } from '../model/forecast.ts';
import { earlyLeaving } from '../model/early-expiry.ts';
import { CLIFF } from './chart.ts';
import { keepAliveDirective, keepAliveText, madeText, portReturnText } from './connection-life.ts';
import { type ChartSpace, timeWaitChart, usedChart } from './detail-charts.ts';
import { parityNames } from './parity-names.ts';
import { ownersText } from './owners.ts';
import { portMapLines } from './port-map.ts';
import { plain, sideBySide, type StyledLine, wrapped } from './styled-line.ts';
import { headroomText, isDry, isUnderPressure, leftText } from './headroom.ts';
import { dryForecast, pressureLines, uncertainLines } from './pressure-lines.ts';
import { formatCount, formatDuration, formatRate } from './units.ts';

/** Input of a group's detail. */
export interface DetailProps {
  readonly model: Model;
  readonly group: GroupModel;
  /** It has gone; these are its last values, of another moment than the model. */
  readonly isGone?: boolean;
  /** Ports in use, second by second, the oldest first; undefined: not known. */
  readonly usedBefore: readonly (number | undefined)[];
  /** Columns of a line. */
  readonly width: number;
  /** Rows on the screen; there may be more lines. */
  readonly rows: number;
}

/** From this width on, the charts are side by side. */
const SIDE_BY_SIDE = { width: 90, gap: 2 } as const;
/** Rows of a chart, and of each half of the map. */
interface Heights {
  readonly chart: number;
  readonly map: number;
}

const SMALLEST: Heights = { chart: 4, map: 2 };
/** Larger heights: the first one with which the whole detail fits the screen is used. */
const LARGER: readonly Heights[] = [
  { chart: 14, map: 4 },
  { chart: 8, map: 4 },
  { chart: 6, map: 3 },
  { chart: 5, map: 3 },
];

/** Everything known about one group, the most important first. A line is one row of the screen. */
export function detailLines(props: DetailProps): StyledLine[] {
  const { rows } = props;
  const linesAt = detailAt(props);
  const smallest = linesAt(SMALLEST);
  // Most screens have no room for more.
  if (smallest.length >= rows) return smallest;
  for (const heights of LARGER) {
    const lines = linesAt(heights);
    if (lines.length <= rows) return lines;
  }
  return smallest;
}

/** The detail as a function of heights. The parts that do not depend on them are made once. */
function detailAt(props: DetailProps): (heights: Heights) => StyledLine[] {
  const { model, group, width, isGone = false } = props;
  const texts = (lines: readonly string[], indent = '') =>
    lines.flatMap((line) => wrapped(line, width, indent));
  const now = () => [
    ...uncertainLines(group),
    ...pressureLines(model, group),
    ...forecastLines(group),
    usableLine(model, group),
  ];
  const above = [
    ...headline(group, width, isGone),
    ...texts(
      [
        ...(isGone ? [] : now()),
        ...portLines(group),
        ...(isGone ? [] : lifeLines(model, group)),
        `owners   ${ownersText(group, model.sample.sampling)}`,
      ],
      HANGING_INDENT,
    ),
    plain(''),
  ];
  if (isGone) return () => above;
  const between = [...texts(earlyLines(model, group)), plain('')];
  const below = [
    ...texts([...oddLines(model), ...bindLines(model, group)]),
    ...directiveLines(group, width),
  ];
  return (heights) => [
    ...above,
    ...chartLinesOf(props, heights.chart),
    ...between,
    ...mapLines(props, heights.map),
    ...below,
  ];
}

/** Continued lines are indented to the text after the title. */
const HANGING_INDENT = ' '.repeat('forecast '.length);

function headline(group: GroupModel, width: number, isGone: boolean): StyledLine[] {
  const said = isGone
    ? 'has gone: these are its last figures'
    : `${headroomText(group)} headroom: ${leftText(group)} connect() calls succeed now`;
  const text = `${group.label}  ${said}`;
  return wrapped(text, width, '', 'strong');
}

function chartLinesOf(
  { model, group, usedBefore, width }: DetailProps,
  height: number,
): StyledLine[] {
  const isWide = width >= SIDE_BY_SIDE.width;
  const space: ChartSpace = {
    width: isWide ? Math.floor((width - SIDE_BY_SIDE.gap) / 2) : width,
    height,
  };
  const used = usedChart(model, group, usedBefore, space);
  const timeWait = timeWaitChart(group, earlyLeaving(model.sample, group) !== undefined, space);
  const cliff = wrapped(cliffLine(model, group), width);
  return isWide
    ? [...sideBySide(used, timeWait, SIDE_BY_SIDE.gap), ...cliff]
    : [...used, ...cliff, ...timeWait];
}

function mapLines({ model, group, width }: DetailProps, rowsPerHalf: number): StyledLine[] {
  const headings = halfHeadings(model, group);
  if (group.portUse === undefined) {
    const reason =
      'The map of ports is kept for the 20 largest groups, and back in time for the 4 fullest.';
    return [...headings, reason].flatMap((line) => wrapped(line, width));
  }
  const range = model.sample.portSpace;
  return portMapLines({ use: group.portUse, range, headings, width, rowsPerHalf });
}

function usableLine({ sample }: Model, group: GroupModel): string {
  const { portSpace } = sample;
  const lost = portSpace.size - portSpace.reserved - group.usable;
  return `usable   ${formatCount(group.usable)} = range ${formatCount(portSpace.size)} - reserved ${formatCount(portSpace.reserved)} - held by bind() ${formatCount(lost)}`;
}

function portLines(group: GroupModel): string[] {
  const states = Object.entries(group.byState).map(
    ([state, count]) => `${state} ${formatCount(count)}`,
  );
  return [
    `used     ${formatCount(group.used)} = live ${formatCount(group.liveUsed)} + TIME_WAIT ${formatCount(group.timeWaitUsed)}; TIME_WAIT that counts as free: ${formatCount(group.reusable)}`,
    `states   ${states.join('  ')}`,
  ];
}

/** How connections come and go, and what follows from it. */
function lifeLines(model: Model, group: GroupModel): string[] {
  // The lines on refusals have the connections made, of the same seconds.
  const made = isUnderPressure(group) ? undefined : madeText(group);
  const again = portReturnText(model, group);
  const keepAlive = keepAliveText(group);
  const config = keepAliveDirective(group);
  const where = config === undefined ? '' : ` The last lines are for ${config.program}.`;
  const missing = keepAlive === undefined ? '' : `. ${keepAlive}${where}`;
  return [
    ...(made === undefined ? [] : [`made     ${made}${missing}`]),
    ...(again === undefined ? [] : [`ports    each ${again}`]),
  ];
}

/** Lines for the owner's configuration, as they are to be written. */
function directiveLines(group: GroupModel, width: number): StyledLine[] {
  const config = keepAliveDirective(group);
  if (config === undefined) return [];
  const title = wrapped(`Keep-alive for ${config.program}:`, width, '', 'strong');
  return [plain(''), ...title, ...config.lines.map((line) => plain(`  ${line}`))];
}

function oddLines({ sample }: Model): string[] {
  return sample.portSpace.size % 2 === 0
    ? []
    : [
        'The range has an odd number of ports: the search steps by two, so the last port is found only by luck (±1).',
      ];
}

function halfHeadings({ sample }: Model, { parity: halves }: GroupModel): [string, string] {
  const [first, second] = parityNames(sample.portSpace.low);
  const line = (name: string, { used, usable }: ParityUse) =>
    `${name} ports  ${formatCount(used)} of ${formatCount(usable)} in use`;
  return [line(first, halves.first), line(second, halves.second)];
}

/**
 * Explains the mark of the cliff below the chart that has it: past half of the ports connect() gets slower
 * (__inet_hash_connect, net/ipv4/inet_hashtables.c).
 */
function cliffLine({ sample }: Model, { parity: halves }: GroupModel): string {
  const [first] = parityNames(sample.portSpace.low);
  const { used, usable } = halves.first;
  const slow = `connect() is slow: it first checks all ${formatCount(usable)} ${first} ports`;
  return used >= usable ? `${CLIFF} past the cliff ${slow}` : `${CLIFF} cliff: past it ${slow}`;
}

function bindLines({ sample }: Model, group: GroupModel): string[] {
  const { bindBeforeConnect: own, parity: halves } = group;
  const [first, second] = parityNames(sample.portSpace.low);
  const elsewhere = portsLostToBind(sample, group);
  const lines: string[] = [];
  if (own.suspected) {
    const room = formatCount(halves.first.usable - halves.first.used);
    // Once its own half is used up, bind() takes ports of the other.
    const which = own.ports <= halves.second.used ? `${second} ports` : 'ports';
    lines.push(
      `bind() before connect(): ${formatCount(own.ports)} ${which} are taken while ${room} ${first} ones are free. connect() takes ${first} ones first, bind() ${second} ones.`,
      own.certain
        ? 'Each is lost to every other destination too: set IP_BIND_ADDRESS_NO_PORT before bind().'
        : `Or they remain from a rush in which all ${first} ports were taken.`,
    );
  }
  if (own.evidence !== undefined) lines.push(`Evidence: ${own.evidence}`);
  if (group.uncertain !== undefined) {
    lines.push(
      `Only ${formatCount(group.freeAtLeast)} connect() calls are certain to succeed. ${group.uncertain}`,
    );
  }
  if (elsewhere > 0) {
    lines.push(
      `bind() before connect() in other groups holds ${formatCount(elsewhere)} ports that are lost here too.`,
    );
  }
  return lines;
}

function earlyLines({ sample }: Model, group: GroupModel): string[] {
  const early = earlyLeaving(sample, group);
  return early === undefined ? [] : [EARLY_LEAVING[early]];
}

const EARLY_LEAVING = {
  reuse: 'TIME_WAIT: connect() takes some over early, so the real close rate is higher',
  buckets:
    'TIME_WAIT: tcp_max_tw_buckets is reached, so some closes skip TIME_WAIT and are not seen here',
} as const;

function forecastLines(group: GroupModel): string[] {
  if (isDry(group)) return [dryForecast(group)];
  const { etaSeconds, etaRangeSeconds, steadyStateUsed, peakUsed, usable } = group;
  const outcome =
    etaSeconds === null
      ? `settles at ${formatCount(steadyStateUsed)} of ${formatCount(usable)} ports in use, at most ${formatCount(peakUsed)} in the next 10 min`
      : `out of ports in ${formatDuration(etaSeconds)}${rangeText(etaRangeSeconds)}`;
  const held = formatDuration(heldSeconds(group));
  return [
    `forecast ${outcome}`,
    `if       ${closesText(group)} continue, each holding its port for ${held}${growthText(group)}`,
  ];
}

/** The closes that the forecast assumes: their rate, and its trend or rhythm if there is one. */
function closesText({ trend }: GroupModel): string {
  const { perSecond, perSecondSquared, trendSeconds, bursts } = trend;
  if (bursts !== undefined)
    return `bursts of ${formatCount(Math.round(bursts.size))} closes, one every ${bursts.everySeconds.toFixed(1)} s,`;
  const rate = `${formatRate(perSecond)} closes/s`;
  if (perSecondSquared === 0) return rate;
  const change = perSecondSquared > 0 ? 'more' : 'less';
  return `${rate}, and ${formatRate(Math.abs(perSecondSquared))} ${change} each second for ${formatDuration(trendSeconds)},`;
}

/** ` (between 30 s and 50 s)` if the rate varies. */
function rangeText(range: GroupModel['etaRangeSeconds']): string {
  if (range === null) return '';
  const [earliest, latest] = range;
  return latest === null
    ? ` (${formatDuration(earliest)} at the earliest, or never)`
    : ` (between ${formatDuration(earliest)} and ${formatDuration(latest)})`;
}

function growthText({ growthPerSecond }: GroupModel): string {
  if (growthPerSecond === undefined) return '; growth of live connections is not known yet';
  return growthPerSecond === 0
    ? ''
    : `, and ${formatRate(Math.abs(growthPerSecond))} live connections ${growthPerSecond > 0 ? 'more' : 'less'} a second`;
}
