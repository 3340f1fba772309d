import { withoutStop } from '../format/sentence.ts';
import { formatCount } from '../format/units.ts';
import { printable } from '../kernel/foreign-text.ts';
import {
  type CheckState,
  evidentPercent,
  compareStates,
  worstState,
} from '../model/check/check-verdict.ts';
import type { LostPlace } from '../model/places.ts';
import {
  type CheckedModel,
  checkText,
  longLines,
  performanceData,
  summary,
  useData,
} from './check.ts';
import { pluginText, statusLine } from './plugin-line.ts';
import { distinctNames } from './place-names.ts';

/** One of several places that were checked. */
export type CheckedPlace = Omit<CheckedModel, 'limits' | 'looks' | 'verbosity'>;

/** What the output of a check of several places is made of. */
export interface CheckedPlaces extends Pick<CheckedModel, 'limits' | 'looks' | 'verbosity'> {
  readonly places: readonly CheckedPlace[];
  /** Those that could not be read. */
  readonly lost: readonly LostPlace[];
}

/** Places with performance data, and lines, of their own; the worst. */
const MOST_PLACES = 50;

/** The state of several places: the worst one's; a place that cannot be read is UNKNOWN. */
export function statePlaces({ places, lost }: Pick<CheckedPlaces, 'places' | 'lost'>): CheckState {
  const states = places.map(({ verdict }) => verdict.state);
  return worstState(lost.length === 0 ? states : [...states, 'UNKNOWN']);
}

/** The worst place, as its output would be for itself; undefined: none could be read. */
export function worstChecked(places: readonly CheckedPlace[]): CheckedPlace | undefined {
  return worstFirst(places)[0];
}

/**
 * The output of a check: of one place as `checkText` has it; of several with the worst place named, and performance data
 * of each behind that of the worst.
 */
export function checkPlacesText(checked: CheckedPlaces): string {
  const { places, lost, limits, looks, verbosity } = checked;
  const common = { limits, looks, verbosity };
  const sorted = worstFirst(places);
  const [first, ...others] = sorted;
  if (first !== undefined && others.length + lost.length === 0)
    return checkText({ ...first, ...common });
  const names = distinctNames(places.map(({ model }) => model.sample.place));
  const nameOf = ({ model }: CheckedPlace) => names.get(model.sample.place.id) ?? '';
  const isInTrouble = ({ verdict }: CheckedPlace) => verdict.state !== 'OK';
  const text = [
    ...(first === undefined ? [] : [`${nameOf(first)}: ${summary({ ...first, ...common })}`]),
    ...troubleText(others.filter(isInTrouble).length, places.length),
    ...lostText(lost),
  ].join('; ');
  const line = statusLine(statePlaces(checked), text);
  const told = sorted.slice(0, MOST_PLACES);
  const data = [
    ...(first === undefined ? [] : performanceData({ ...first, ...common })),
    `places=${places.length};;;0`,
    `lost=${lost.length};;;0`,
    ...told.flatMap((place) => placeData(nameOf(place), place)),
  ];
  const linesOf = (place: CheckedPlace) =>
    longLines({ ...place, ...common }).map((each) => pluginText(`${nameOf(place)}: ${each}`));
  const more = verbosity < 2 ? [] : told.flatMap(linesOf);
  return [`${line} | ${data.join(' ')}`, ...more].join('\n');
}

function troubleText(inTrouble: number, places: number): string[] {
  if (inTrouble > 0)
    return [`${formatCount(inTrouble)} more of ${formatCount(places)} places in trouble`];
  return places < 2 ? [] : [`${formatCount(places)} places`];
}

function lostText([first, ...others]: readonly LostPlace[]): string[] {
  if (first === undefined) return [];
  const more = others.length === 0 ? '' : ` (and ${formatCount(others.length)} more)`;
  return [`${first.name} could not be read${more}: ${withoutStop(first.reason)}`];
}

function worstFirst(places: readonly CheckedPlace[]): CheckedPlace[] {
  const used = ({ verdict: { fullest } }: CheckedPlace) =>
    fullest === undefined ? 0 : evidentPercent(fullest);
  return places.toSorted(
    (a, b) => compareStates(a.verdict.state, b.verdict.state) || used(b) - used(a),
  );
}

/** `'used@web 1'=95.6%;;;0;100`: labels are in quotes where they have a blank, and have no quote or equals sign. */
function placeData(name: string, checked: CheckedPlace): string[] {
  if (checked.verdict.fullest === undefined) return [];
  const { used, free } = useData(checked);
  const place = printable(name).replace(/['=|\s]/g, '_');
  return [`'used@${place}'=${used};;;0;100`, `'free@${place}'=${free}`];
}
