import type { GroupModel, Model } from '../model/model.ts';
import type { HalfUse } from '../model/tuple-group.ts';
import { heldSeconds } from '../model/forecast.ts';
import { ownersLine } from './owners.ts';
import { earlyLeaving } from '../model/schedule-bound.ts';
import { nowMarked, sparkline } from './sparkline.ts';
import { formatCount, formatDuration, formatPercent, formatRate } from './units.ts';

/** Columns of either side of the mark that stands for now: 2.5 s each. */
const HALF_WIDTH = 24;

/**
 * All that is known of one group, in lines of text; `ramp` draws the sparklines. `used`: ports in use in
 * each second that is remembered, the oldest first.
 */
export function detailLines(
  model: Model,
  group: GroupModel,
  ramp: string,
  used: readonly (number | undefined)[] = [],
): string[] {
  return [
    `${group.label}  ${formatPercent(group.headroomPercent)} headroom: ${formatCount(group.free)} connect() calls succeed now`,
    ...portLines(model, group),
    ownersLine(group, model.sample.sampling.ownersUnseen),
    '',
    ...halfLines(model, group),
    ...bindLines(model, group),
    '',
    ...timeWaitLines(model, group, ramp),
    ...usedLines(used, ramp),
    ...forecastLines(group),
  ];
}

function portLines({ sample }: Model, group: GroupModel): string[] {
  const { portSpace } = sample;
  const lost = portSpace.size - portSpace.reserved - group.usable;
  const states = Object.entries(group.byState).map(
    ([state, count]) => `${state} ${formatCount(count)}`,
  );
  return [
    `usable ${formatCount(group.usable)} = range ${formatCount(portSpace.size)} - reserved ${formatCount(portSpace.reserved)} - held by bind() ${formatCount(lost)}`,
    `used   ${formatCount(group.used)} = live ${formatCount(group.liveUsed)} + TIME_WAIT ${formatCount(group.timeWaitUsed)}; TIME_WAIT that connect() would take over: ${formatCount(group.reusable)}`,
    `states ${states.join('  ')}`,
    ...(portSpace.size % 2 === 1
      ? [
          'The range has an odd number of ports: the search steps by two, so the last port is found by luck only (±1).',
        ]
      : []),
  ];
}

function halfLines({ sample }: Model, { halves }: GroupModel): string[] {
  const [first, second] = parityNames(sample.portSpace.low);
  const line = (name: string, { used, usable }: HalfUse) =>
    `${name} ports  ${formatCount(used)} of ${formatCount(usable)} in use`;
  return [
    line(first, halves.first),
    line(second, halves.second),
    cliffLine(halves.first, first, second),
  ];
}

/** Why connect() gets slower past half of the ports (__inet_hash_connect, net/ipv4/inet_hashtables.c). */
function cliffLine({ used, usable }: HalfUse, first: string, second: string): string {
  return used >= usable
    ? `Past the cliff: the ${first} ports are used up, so each connect() looks at all ${formatCount(usable)} of them before the first ${second} one, and gets slower.`
    : `The cliff is at 50%: connect() takes ${first} ports first; once they are used up, it looks at all of them before each ${second} one.`;
}

function bindLines({ sample }: Model, { bindBeforeConnect: own, halves }: GroupModel): string[] {
  const [first, second] = parityNames(sample.portSpace.low);
  const elsewhere = sample.inferredHeld - own.ports;
  const lines: string[] = [];
  if (own.suspected) {
    const room = formatCount(halves.first.usable - halves.first.used);
    lines.push(
      `bind() before connect(): ${formatCount(own.ports)} ${second} ports are taken while ${room} ${first} ones are free. connect() takes ${first} ones first, bind() ${second} ones.`,
      own.certain
        ? 'Each is lost to every other destination too: set IP_BIND_ADDRESS_NO_PORT before bind().'
        : 'Or they have outlived a rush in which all the others were taken.',
    );
  }
  if (elsewhere > 0) {
    lines.push(
      `bind() before connect() in other groups holds ${formatCount(elsewhere)} ports that are lost here too.`,
    );
  }
  return lines;
}

function parityNames(low: number): readonly [string, string] {
  return low % 2 === 0 ? ['even', 'odd'] : ['odd', 'even'];
}

/** What was closed in the last minute, a mark for now, and what leaves in the next: both from the timers. */
function timeWaitLines({ sample }: Model, group: GroupModel, ramp: string): string[] {
  const early = earlyLeaving(sample, group);
  return [
    `TIME_WAIT  60 s ago ${nowMarked(group.drainSchedule, group.overdueTimeWait, HALF_WIDTH, ramp)} in 60 s`,
    `           closed, left of the mark, and to leave${early === undefined ? '' : ' at the latest'}, right of it`,
    ...(early === undefined ? [] : [`           ${EARLY_LEAVING[early]}`]),
  ];
}

const EARLY_LEAVING = {
  reuse: 'connect() takes some over before their time: closes are more than these',
  buckets: 'tcp_max_tw_buckets is reached: some closes skip TIME_WAIT, and are not seen here',
} as const;

/** Seconds that are worth a line. */
const FEWEST_REMEMBERED = 3;

/** Blanks where nothing was looked at; a quarter of an hour at most. */
function usedLines(used: readonly (number | undefined)[], ramp: string): string[] {
  const first = used.findIndex((count) => count !== undefined);
  if (first < 0) return [];
  const known = used.slice(first);
  if (known.length < FEWEST_REMEMBERED) return [];
  const spark = sparkline(
    known.map((count) => count ?? 0),
    2 * HALF_WIDTH + 1,
    ramp,
  );
  const before = formatDuration(known.length).padStart(8);
  return [`used before ${before} ago ${spark} now`];
}

function forecastLines(group: GroupModel): string[] {
  const { etaSeconds, etaRangeSeconds, steadyStateUsed, peakUsed, usable, closeRate } = group;
  const outcome =
    etaSeconds === null
      ? `settles at ${formatCount(steadyStateUsed)} of ${formatCount(usable)} ports in use, at most ${formatCount(peakUsed)} in the next 10 min`
      : `out of ports in ${formatDuration(etaSeconds)}${rangeText(etaRangeSeconds)}`;
  const held = formatDuration(heldSeconds(group));
  return [
    `forecast   ${outcome}`,
    `           if this goes on: ${formatRate(closeRate)} closes/s, each holding its port ${held}${growthText(group)}`,
  ];
}

/** ` (between 30 s and 50 s)` where the rate swings. */
function rangeText(range: GroupModel['etaRangeSeconds']): string {
  if (range === null) return '';
  const [earliest, latest] = range;
  return latest === null
    ? ` (${formatDuration(earliest)} at the earliest, or never)`
    : ` (between ${formatDuration(earliest)} and ${formatDuration(latest)})`;
}

function growthText({ growthPerSecond }: GroupModel): string {
  return growthPerSecond === 0
    ? ''
    : `, and ${formatRate(Math.abs(growthPerSecond))} live connections ${growthPerSecond > 0 ? 'more' : 'less'} a second`;
}
