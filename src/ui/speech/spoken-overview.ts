import { printable } from '../../kernel/foreign-text.ts';
import { sysctlNumber } from '../../kernel/sysctl.ts';
import { NO_NAMES } from '../../model/host-name.ts';
import type { Model } from '../../model/model.ts';
import type { GroupModel } from '../../model/group-model.ts';
import { isNear } from '../../model/severity.ts';
import { agoText, type HeldScreen } from '../../format/held-mark.ts';
import type { ReplayOnScreen } from '../../format/recording.ts';
import { refusedWords, SEVERITY_WORDS, spokenGroup, steadyCallRates } from './spoken-group.ts';
import { spokenPercent, spokenRate, spokenText } from './spoken-text.ts';
import { isDry, isRecovering, leftText, surePercent } from '../../format/headroom.ts';
import { placeName, placeTitle } from '../../format/place.ts';
import { capitalised } from '../../format/sentence.ts';
import { formatClock, formatCount, formatCounted, formatDuration } from '../../format/units.ts';

/** Which group dies, and when, in a full sentence; `withHint`: and which key says what to do. */
export function spokenVerdict(model: Model, withHint: boolean): string {
  return spokenNews(model, { isKnown: false, withHint });
}

/** The same as a piece of news; `isKnown`: of a group whose whole name and figures were just heard. */
export function spokenNews(
  { worst, sample }: Model,
  { isKnown, withHint }: { readonly isKnown: boolean; readonly withHint: boolean },
): string {
  if (worst === undefined)
    return sample.sampling.isPartial === true
      ? 'No outgoing TCP connections among those that could be read.'
      : 'No outgoing TCP connections: every port is free.';
  const hint =
    withHint && worst.severity !== 'info' ? ' Press the letter a for what to do about it.' : '';
  return fateText(worst, sample.takenAtMs, isKnown) + hint;
}

function fateText(worst: GroupModel, nowMs: number, isKnown: boolean): string {
  const { severity, usable, etaSeconds, closeRate, remoteAddress, remotePort } = worst;
  const who = isKnown ? `${remoteAddress} port ${remotePort}` : spokenGroup(worst, NO_NAMES);
  const word = capitalised(SEVERITY_WORDS[severity]);
  const closes = closeRate > 0 ? spokenRate(closeRate, 'close') : '';
  if (isDry(worst)) return `${word}: ${who} ${dryWords(worst, nowMs)}.`;
  if (isRecovering(worst))
    return `${isNear(etaSeconds) ? word : 'Recovering'}: ${who} ${recoveringWords(worst, nowMs)}.`;
  if (worst.isAssumed === true)
    return `${word}: the headroom of ${who} is not known: ${spokenText(worst.uncertain ?? '')}.`;
  const count = isKnown ? leftText(worst) : `${leftText(worst)} of ${formatCount(usable)}`;
  if (isNear(etaSeconds)) {
    const when = spokenText(formatDuration(etaSeconds));
    return `${severity === 'info' ? '' : `${word}: `}${who} runs out of ports in ${when}; ${count} are left${isKnown || closes === '' ? '' : `, and ${closes}`}.`;
  }
  const share = `has ${worst.uncertain === undefined ? '' : 'at least '}${spokenPercent(surePercent(worst))} of its ports left`;
  return severity === 'info'
    ? `${word}: the fullest group, ${who}, ${share}${fate(worst, '')}.`
    : `${word}: ${who} ${share}, ${count}${fate(worst, ' and does not get fuller').replace(/^ and/, ', and')}.`;
}

/** Statement for a group that is out of ports. */
function dryWords(group: GroupModel, nowMs: number): string {
  const rates = steadyCallRates(group, nowMs);
  return rates === undefined
    ? 'is out of ports, and new connections fail'
    : `is out of ports: ${refusedWords(rates)}`;
}

/** Statement for a group that was out of ports within the last minute. */
function recoveringWords(group: GroupModel, nowMs: number): string {
  const { limit } = group;
  const ago = spokenText(formatDuration(Math.max(0, nowMs - (limit?.lastMs ?? nowMs)) / 1000));
  const next = isNear(group.etaSeconds)
    ? `will be again in ${spokenText(formatDuration(group.etaSeconds))}`
    : `has ${spokenPercent(surePercent(group))} of its ports left now`;
  return `was out of ports ${ago} ago and ${next}`;
}

/** Outlook of a group whose end is not near. `steady`: the text if it does not get fuller. */
function fate({ etaSeconds, growthPerSecond }: GroupModel, steady: string): string {
  if (etaSeconds !== null) return ' and fills slowly';
  return growthPerSecond === undefined ? ', and its growth is not known yet' : steady;
}

/** Which of several places is spoken of: "In web: "; nothing where there is one. */
export function placeLead(hasSeveral: boolean, { sample }: Model): string {
  return hasSeveral ? `In ${placeName(sample.place)}: ` : '';
}

/** The machine, or the place on it, in one sentence, and one for each warning of the source. */
export function machineSentences({ sample, opensPerSecond }: Model): string[] {
  const { place, portSpace, sysctls, counters, byState, sampling } = sample;
  const buckets = sysctlNumber(sysctls, 'net.ipv4.tcp_max_tw_buckets');
  const timeWait = counters.timeWaitNow ?? byState.TIME_WAIT ?? 0;
  const isMuch = buckets !== undefined && timeWait >= buckets / 2;
  const reuse = REUSE_WORDS[printable(sysctls['net.ipv4.tcp_tw_reuse'] ?? '')] ?? 'not known';
  const machine = [
    `${place.kind === 'namespace' ? 'Place' : 'Machine'} ${placeTitle(sample)}: ports ${portSpace.low} to ${portSpace.high}`,
    `${formatCount(portSpace.size)} of them`,
    ...countOf(portSpace.reserved, 'reserved'),
    ...countOf(portSpace.held, 'held'),
    `tcp_tw_reuse ${reuse}`,
    `${formatCount(timeWait)} in TIME WAIT${isMuch ? ` of at most ${formatCount(buckets)}` : ''}`,
    ...(opensPerSecond === undefined ? [] : [spokenRate(opensPerSecond, 'new connection')]),
  ].join(', ');
  return [`${machine}.`, ...sampling.warnings.map((text) => `Warning: ${spokenText(text)}`)];
}

/** Nothing where there are none. */
function countOf(count: number, what: string): string[] {
  return count === 0 ? [] : [`${formatCount(count)} ${what}`];
}

const REUSE_WORDS: Readonly<Record<string, string>> = {
  '0': 'off',
  '1': 'on',
  '2': 'on for loopback only',
};

/** What a listener hears when the screen is not live, or shows a recording. */
export interface HeldForListeners extends HeldScreen {
  readonly replay?: SpokenReplay | undefined;
}

interface SpokenReplay extends ReplayOnScreen {
  /** Where it is about to be. */
  readonly goal?: { readonly sample?: number; readonly elapsedMs?: number } | undefined;
}

/** Says that the view is not live, and the way back; undefined if it is live. */
export function spokenMark(held: HeldForListeners): string | undefined {
  const { past, frozen, replay, latest } = held;
  if (replay !== undefined) return spokenReplay(replay, latest);
  if (past !== undefined)
    return `Past: ${formatClock(past.sample.takenAtMs)}, ${spokenText(agoText(past, held.latest))}. Right arrow goes forward, capital L is live again.`;
  return frozen === undefined
    ? undefined
    : `Frozen at ${formatClock(frozen.sample.takenAtMs)}; sampling goes on. The letter p continues.`;
}

/** Where a recording is, or is about to be, and whether it goes on. */
function spokenReplay(
  { goal, elapsedMs, durationMs, playing, isLast, speed }: SpokenReplay,
  latest: Model | undefined,
): string {
  const state = playing ? 'playing' : isLast ? 'at its end' : 'paused';
  const pace = speed === 1 ? '' : `, at ${speed < 1 ? `1/${1 / speed}` : speed} times its pace`;
  const seconds = (goal?.elapsedMs ?? elapsedMs) / 1000;
  const place = `${spokenText(formatDuration(seconds))} of ${spokenText(formatDuration(durationMs / 1000))}`;
  const host = latest === undefined ? '' : ` of ${printable(latest.sample.host.hostname)}`;
  return `Recording${host}, ${state}${pace}: ${place}.`;
}

/** "1 group", "8 groups". */
export function groupCount(count: number): string {
  return formatCounted(count, 'group');
}
