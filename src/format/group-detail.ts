import type { GroupModel, Model } from '../model/model.ts';
import type { HalfUse } from '../model/tuple-group.ts';
import { heldSeconds } from '../model/forecast.ts';
import { ownersLine } from './owners.ts';
import { sparkline } from './sparkline.ts';
import { formatCount, formatDuration, formatPercent, formatRate } from './units.ts';

/** Columns of the detail's sparklines: a second each. */
const SPARK_WIDTH = 60;

/** All that is known of one group, in lines of text; `ramp` draws the sparklines. */
export function detailLines(model: Model, group: GroupModel, ramp: string): string[] {
  return [
    `${group.label}  ${formatPercent(group.headroomPercent)} headroom: ${formatCount(group.free)} connect() calls succeed now`,
    ...portLines(model, group),
    ownersLine(group, model.sample.sampling.ownersUnseen),
    '',
    ...halfLines(model, group),
    ...bindLines(model, group),
    '',
    // What leaves t seconds from now was closed 60 - t seconds ago: one row shows both.
    `TIME_WAIT  now ${sparkline(group.drainSchedule, SPARK_WIDTH, ramp).padEnd(SPARK_WIDTH)} 60 s  leaves, as it was closed 60 s before`,
    forecastLine(group),
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

function forecastLine(group: GroupModel): string {
  const rates = `${formatRate(group.closeRate)} closes/s, each holding its port ${formatDuration(heldSeconds(group))}`;
  const outcome =
    group.etaSeconds === null
      ? `settles at ${formatCount(group.steadyStateUsed)} of ${formatCount(group.usable)}`
      : `out of ports in ${formatDuration(group.etaSeconds)}`;
  return `forecast   ${outcome}, if this goes on: ${rates}`;
}
