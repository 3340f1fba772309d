import { portsLostToBind } from '../../model/advice/cause.ts';
import { heldSeconds } from '../../model/forecast.ts';
import type { Model } from '../../model/model.ts';
import type { GroupModel } from '../../model/group-model.ts';
import {
  keepAliveDirective,
  keepAliveText,
  madeText,
  portReturnText,
} from '../../format/connection-life.ts';
import { pressureLines } from '../../format/pressure-lines.ts';
import { parityNames } from '../../format/parity-names.ts';
import { capitalised } from '../../format/sentence.ts';
import { placeWords, SEVERITY_WORDS, spokenGroup, spokenOwner } from './spoken-group.ts';
import { NO_NAMES } from '../../model/host-name.ts';
import {
  sentence,
  type SpokenLine,
  spokenFigure,
  spokenPercent,
  spokenRate,
  spokenText,
} from './spoken-text.ts';
import { isDry } from '../../format/headroom.ts';
import { formatCount, formatCounted, formatDuration } from '../../format/units.ts';

/** More owners than this are only counted. */
const NAMED_OWNERS = 8;

/** All that is known of one group, a sentence a line, what matters most first. */
export function spokenDetail(model: Model, group: GroupModel, withPlace = false): SpokenLine[] {
  return [
    `Detail of ${placedGroup(group, withPlace)}: ${SEVERITY_WORDS[group.severity]}, ${spokenPercent(group.headroomPercent)} headroom, ${formatCounted(group.free, 'connection')} left.`,
    forecastSentence(group),
    ...pressureLines(model, group).map(pressureSentence),
    ratesSentence(group),
    ...lifeSentences(model, group),
    ...portSentences(group, rangeSentence(model, group)),
    ownersSentence(group),
    drainSentence(group),
    ...halfSentences(model, group),
    ...bindSentences(model, group),
    ...directiveLines(group),
  ];
}

function placedGroup(group: GroupModel, withPlace: boolean): string {
  return spokenGroup(group, NO_NAMES) + (withPlace ? placeWords(group) : '');
}

/** The detail of a group that has gone: its last figures are of another moment than the model. */
export function spokenGone(group: GroupModel, withPlace = false): SpokenLine[] {
  return [
    `Detail of ${placedGroup(group, withPlace)}: it has gone, these are its last figures.`,
    ...portSentences(group),
    ownersSentence(group),
  ];
}

/** How connections come and go, and what follows from it. */
function lifeSentences(model: Model, group: GroupModel): string[] {
  const made = madeText(group);
  const again = portReturnText(model, group);
  const keepAlive = keepAliveText(group);
  return [
    ...(made === undefined || isDry(group) ? [] : [`Made: ${made}.`]),
    ...(keepAlive === undefined ? [] : [keepAlive]),
    ...(again === undefined ? [] : [sentence(`Each port ${again}`)]),
  ].map(spokenText);
}

/** Lines for the owner's configuration, letter by letter. */
function directiveLines(group: GroupModel): SpokenLine[] {
  const config = keepAliveDirective(group);
  if (config === undefined) return [];
  return [`Keep-alive for ${config.program}:`, ...config.lines.map((verbatim) => ({ verbatim }))];
}

/** "refused  33/s, …" → "Refused: 33 per second, …". */
function pressureSentence(line: string): string {
  const [, name = '', rest = ''] = /^(\S+) +(.*)$/.exec(line) ?? [];
  return sentence(spokenText(`${capitalised(name)}: ${rest}`));
}

function forecastSentence(group: GroupModel): string {
  const { free, etaSeconds, etaRangeSeconds, steadyStateUsed, peakUsed, usable } = group;
  if (free <= 0) return 'It is out of ports: new connections fail.';
  if (etaSeconds === null)
    return `Forecast: it settles at ${formatCount(steadyStateUsed)} of ${formatCount(usable)} ports in use, at most ${formatCount(peakUsed)} in the next 10 minutes.`;
  const [earliest, latest] = etaRangeSeconds ?? [];
  const range =
    earliest === undefined
      ? ''
      : latest === null || latest === undefined
        ? `, ${duration(earliest)} at the earliest, or never`
        : `, between ${duration(earliest)} and ${duration(latest)}`;
  return `Forecast: out of ports in ${duration(etaSeconds)}${range}.`;
}

function ratesSentence(group: GroupModel): string {
  const { closeRate, growthPerSecond } = group;
  const closes =
    closeRate > 0
      ? `${spokenRate(closeRate, 'close')}, each holding its port for ${duration(heldSeconds(group))}`
      : 'No connection was closed in the last 10 seconds';
  const growth =
    growthPerSecond === undefined
      ? '; the growth of live connections is not known yet'
      : growthPerSecond === 0
        ? ''
        : `; live connections ${growthPerSecond > 0 ? 'grow' : 'shrink'} by ${spokenFigure(Math.abs(growthPerSecond))} per second`;
  return `${closes}${growth}.`;
}

function portSentences(group: GroupModel, range?: string): SpokenLine[] {
  const states = Object.entries(group.byState).map(
    ([state, count]) => `${formatCount(count)} ${state}`,
  );
  return [
    `${formatCount(group.used)} of ${formatCount(group.usable)} usable ports are in use: ${formatCount(group.liveUsed)} by live connections, ${formatCount(group.timeWaitUsed)} by TIME WAIT; ${formatCount(group.reusable)} in TIME WAIT can be taken over.`,
    ...(range === undefined ? [] : [range]),
    spokenText(`States: ${states.join(', ')}.`),
  ];
}

function rangeSentence({ sample }: Model, group: GroupModel): string {
  const { size, reserved } = sample.portSpace;
  const held = size - reserved - group.usable;
  return `The range has ${formatCount(size)} ports, of which ${formatCount(reserved)} are reserved and ${formatCount(held)} held by bind.`;
}

function ownersSentence({ owners, unownedSockets }: GroupModel): string {
  const named = owners
    .slice(0, NAMED_OWNERS)
    .map((owner) => `${spokenOwner(owner)}, pid ${owner.pid}, ${spokenSockets(owner)}`);
  const others = owners.length - named.length;
  const pieces = [
    ...named,
    ...(others > 0 ? [`${formatCount(others)} more`] : []),
    ...(unownedSockets > 0 ? [`not known of ${formatCount(unownedSockets)}`] : []),
  ];
  return pieces.length === 0 ? 'Owners: none.' : `Owners: ${pieces.join('; ')}.`;
}

function spokenSockets({ sockets }: GroupModel['owners'][number]): string {
  return sockets === 0 ? 'in the last minute' : `with ${formatCount(sockets)}`;
}

/** When TIME_WAIT gives ports back, in place of a sparkline. */
function drainSentence({ drainSchedule }: GroupModel): string {
  const until = (seconds: number) =>
    formatCount(drainSchedule.slice(0, seconds).reduce((sum, count) => sum + count, 0));
  const within = [10, 30, drainSchedule.length]
    .filter((seconds, index) => index === 2 || seconds < drainSchedule.length)
    .map((seconds) => `within ${seconds} seconds: ${until(seconds)}`);
  return `TIME WAIT that ends ${within.join('; ')}.`;
}

function halfSentences({ sample }: Model, { parity: halves }: GroupModel): string[] {
  const [first, second] = parityNames(sample.portSpace.low);
  const use = ({ used, usable }: GroupModel['parity']['first']) =>
    `${formatCount(used)} of ${formatCount(usable)}`;
  const slow =
    halves.first.used >= halves.first.usable
      ? ` Past the cliff: with the ${first} ones used up, each connect gets slower.`
      : '';
  return [
    `In use of the ${first} ports, which connect takes first: ${use(halves.first)}; of the ${second} ones: ${use(halves.second)}.${slow}`,
  ];
}

function bindSentences({ sample }: Model, group: GroupModel): string[] {
  const { suspected, certain, ports, evidence } = group.bindBeforeConnect;
  const elsewhere = portsLostToBind(sample, group);
  return [
    ...(suspected
      ? [
          `bind before connect ${certain ? 'seems to' : 'may'} hold ${formatCount(ports)} ports of this group, lost to every other destination.`,
        ]
      : []),
    ...(evidence === undefined ? [] : [`Evidence: ${spokenText(evidence)}`]),
    ...(elsewhere > 0
      ? [
          `bind before connect in other groups holds ${formatCount(elsewhere)} ports that are lost here too.`,
        ]
      : []),
  ];
}

const duration = (seconds: number) => spokenText(formatDuration(seconds));
