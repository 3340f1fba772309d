import { printable } from '../../kernel/foreign-text.ts';
import { Text } from 'ink';
import { shortenEnd } from '../../format/shorten.ts';
import { stringWidth } from '../../format/string-width.ts';
import {
  formatClock,
  formatCounted,
  formatInterval,
  formatPace,
  formatPercent,
  formatShortCount,
} from '../../format/units.ts';
import { placeName, placeTitle } from '../../format/place.ts';
import type { Model } from '../../model/model.ts';
import { type Glyphs, withGlyphs } from '../theme.ts';
import { Secondary } from './secondary.tsx';

export interface TitleLineProps {
  readonly model: Model;
  /** Terminal columns. */
  readonly columns: number;
  /** The interval that the user wants. */
  readonly intervalMs: number;
  /** Of several places, in words; undefined: there is one. */
  readonly places?: string | undefined;
  /** Mark of a running recording; undefined when none runs. */
  readonly recording: string | undefined;
  readonly glyphs: Glyphs;
}

/** A field of the title: its place on the line is the same whatever it says. */
interface Field {
  readonly text: string;
  /** Columns that it never needs more than. */
  readonly width: number;
  /** 0: always there. Of the others, those with the lowest are there if they fit. */
  readonly rank: number;
}

const NAME = ' ephtop';
const GAP = 2;
/** A host's name gives way to how it is watched. */
const SMALLEST_HOST = 8;

/** What is watched, and how: every field keeps its place from frame to frame. A recording is marked at the right end. */
export function TitleLine(props: TitleLineProps) {
  const { columns, recording, glyphs } = props;
  const mark = recordingText(recording, columns, glyphs);
  const room = columns - NAME.length - stringWidth(mark);
  const fields = shortenEnd(titleText(props, room), room, glyphs.ellipsis);
  return (
    <Text wrap="truncate">
      <Text bold>{NAME}</Text>
      <Secondary>{fields.padEnd(mark === '' ? 0 : room)}</Secondary>
      {mark !== '' && (
        <Text inverse bold>
          {mark}
        </Text>
      )}
    </Text>
  );
}

/** Share of a line that the size and duration of a recording may take; on a narrower one, the mark is just that it runs. */
const LARGEST_MARK = 0.35;

/** The mark of a recording with a blank around it; '' without one. */
export function recordingText(recording: string | undefined, columns: number, glyphs: Glyphs) {
  if (recording === undefined) return '';
  const whole = ` ${withGlyphs(recording, glyphs)} `;
  return stringWidth(whole) <= LARGEST_MARK * columns
    ? whole
    : ` ${whole.trim().split(' ').slice(0, 2).join(' ')} `;
}

function titleText(
  { model, intervalMs: askedMs, places, glyphs: { ellipsis } }: TitleLineProps,
  room: number,
): string {
  const { sample, ageMs } = model;
  const { host, sampling, takenAtMs } = sample;
  const placesWidth = places === undefined ? 0 : stringWidth(places) + GAP;
  const source = sourceText(sampling, askedMs);
  const kernel = `Linux ${printable(host.kernel)}`;
  const hostname = shortenEnd(
    // Namespaces of one machine have its name, and their own.
    places === undefined ? placeTitle(sample) : placeName(sample.place),
    Math.max(SMALLEST_HOST, room - 2 * GAP - SOURCE_WIDTH - placesWidth),
    ellipsis,
  );
  const count = `${formatCounted(sampling.sockets, 'socket')}${leftOutText(sampling)}`;
  const age = ageMs === undefined ? undefined : `${formatPace(ageMs)} ago`;
  const asked = age === undefined ? askedText(sampling, askedMs) : `(${age})`;
  const lag = lagText(sampling);
  const fieldsWith = (cost: string): Field[] => [
    { text: hostname, width: stringWidth(hostname), rank: 0 },
    ...(places === undefined ? [] : [{ text: places, width: stringWidth(places), rank: 0 }]),
    { text: kernel, width: kernel.length, rank: 2 },
    { text: formatClock(takenAtMs), width: '12:00:00'.length, rank: 1 },
    { text: source, width: Math.max(SOURCE_WIDTH, source.length), rank: 0 },
    ...(lag === undefined ? [] : [{ text: lag, width: 'lag 999ms'.length, rank: 1 }]),
    { text: cost, width: 'cost 99.9% CPU'.length, rank: 3 },
    { text: count, width: Math.max('999,999 sockets'.length, count.length), rank: 4 },
    { text: asked, width: '(250ms asked)'.length, rank: 5 },
  ];
  const title = fixedFields(fieldsWith(costText(sampling)), room);
  if (title.includes(asked)) return title;
  // On a narrower screen the cost gives way to the age, or says why the interval is not the one that was asked for.
  return fixedFields(fieldsWith(age === undefined ? 'CPU at budget' : `seen ${age}`), room);
}

/** The fields that fit, by rank, in their order and places on the line. */
function fixedFields(fields: readonly Field[], room: number): string {
  const least = Math.max(...fields.map(({ rank }) => rank));
  const isFit = (rank: number) =>
    fields.filter((field) => field.rank <= rank).reduce((sum, { width }) => sum + GAP + width, 0) <=
    room;
  let most = 0;
  while (most < least && isFit(most + 1)) most += 1;
  return fields
    .filter(({ rank }) => rank <= most)
    .map(
      ({ text, width }) =>
        ' '.repeat(GAP) + text + ' '.repeat(Math.max(0, width - stringWidth(text))),
    )
    .join('')
    .trimEnd();
}

type Sampling = Model['sample']['sampling'];

const SOURCE_WIDTH = 'netlink 250ms'.length;

/** How the sockets are read, and the interval that is in force: `netlink 250ms`; or of which recording. */
export function sourceText(sampling: Sampling, askedMs: number): string {
  const { source, pacing, replayOf } = sampling;
  if (replayOf === undefined) return `${source} ${formatPace(trueIntervalMs(sampling, askedMs))}`;
  // A recording does not keep the requested interval.
  const pace = pacing === undefined ? '' : ` ${formatPace(pacing.intervalMs)}`;
  return `replay of ${replayOf}${pace}`;
}

/** The interval in use: longer than the requested one if the CPU budget stretches it. A shorter one is still the previous. */
function trueIntervalMs({ pacing }: Sampling, askedMs: number): number {
  return Math.max(pacing?.intervalMs ?? askedMs, askedMs);
}

function askedText(sampling: Sampling, askedMs: number): string {
  const isStretched =
    sampling.replayOf === undefined && trueIntervalMs(sampling, askedMs) > askedMs;
  return isStretched ? `(${formatInterval(askedMs)} asked)` : '';
}

/** How old a sample from elsewhere was when it came: `lag 120ms`. Rounded, so that it does not change all the time. */
function lagText({ pacing }: Sampling): string | undefined {
  if (pacing?.lagMs === undefined) return undefined;
  return `lag ${formatPace(Math.max(LAG_STEP_MS, Math.round(pacing.lagMs / LAG_STEP_MS) * LAG_STEP_MS))}`;
}

const LAG_STEP_MS = 10;

function costText({ pacing }: Sampling): string {
  return pacing?.cpuShare === undefined ? '' : `cost ${formatPercent(100 * pacing.cpuShare)} CPU`;
}

function leftOutText({ leftOut }: Sampling): string {
  return leftOut === 0 ? '' : ` read, ${formatShortCount(leftOut)} accepted ones left out`;
}
