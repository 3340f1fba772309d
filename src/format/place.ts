import { printable } from '../kernel/foreign-text.ts';
import type { Place } from '../kernel/place.ts';
import type { Model } from '../model/model.ts';
import { type LostPlace, modelOfPlace, type PlaceModels } from '../model/places.ts';
import type { VisibleGroup } from '../model/query/fold.ts';
import type { Sample } from '../model/sample/sample.ts';
import { withoutStop } from './sentence.ts';
import { shortenMiddle } from './shorten.ts';
import { formatCount, formatDuration } from './units.ts';

/** A place as its name stands on the screen: safe to print. */
export function placeName({ name }: Pick<Place, 'name'>): string {
  return printable(name);
}

/** The place of a group; of a fold in several, how many these are. */
export function placeText({ place, fold }: Pick<VisibleGroup, 'place' | 'fold'>): string {
  return fold !== undefined && fold.places > 1
    ? `${formatCount(fold.places)} places`
    : placeName(place);
}

/** Younger samples are as good as new. */
const OLD_MS = 10_000;

/** How many places there are, how many of them no samples come from, and how old the oldest sample is where that matters. */
export function placesText(models: PlaceModels, lost: readonly LostPlace[], nowMs: number): string {
  const unseen = lost.filter(({ placeId }) => placeId === undefined).length;
  const oldestMs = Math.max(0, ...models.map((model) => ageOf(model, nowMs)));
  return [
    `${formatCount(models.length + unseen)} places`,
    ...(lost.length === 0 ? [] : [`${formatCount(lost.length)} lost`]),
    ...(oldestMs < OLD_MS ? [] : [`oldest ${formatDuration(oldestMs / 1000)}`]),
  ].join(', ');
}

/** Ms since a model's sample was taken; its clock may have gone on since. */
function ageOf({ sample, ageMs = 0 }: Model, nowMs: number): number {
  return nowMs - sample.takenAtMs + ageMs;
}

/** What follows a name matters more than the end of a command. */
const LONGEST_LEAD = 30;

/** "web-2: no sample for 12 s: ssh: connection refused" for each place that is lost. */
export function lostTexts(
  models: PlaceModels,
  lost: readonly LostPlace[],
  nowMs: number,
): string[] {
  return lost.map(({ placeId, name, reason }) => {
    const model = placeId === undefined ? undefined : modelOfPlace(models, placeId);
    const since =
      model === undefined
        ? 'so far'
        : `for ${formatDuration(Math.max(1, ageOf(model, nowMs) / 1000))}`;
    return `${shortenMiddle(name, LONGEST_LEAD, '…')}: no sample ${since}: ${withoutStop(reason)}`;
  });
}

/**
 * Where a sample is from: the host, or `web on proxy-7` for a network namespace of it. Of two hosts of one name, reached by
 * two commands, the name says which.
 */
export function placeTitle({ place, host }: Pick<Sample, 'place' | 'host'>): string {
  const [name, hostname] = [placeName(place), printable(host.hostname)];
  if (place.kind === 'via') return name;
  return place.kind === 'namespace' && name !== hostname ? `${name} on ${hostname}` : hostname;
}
