import { printable } from '../kernel/foreign-text.ts';
import type { LostPlace } from '../model/places.ts';
import type { Sample } from '../model/sample/sample.ts';
import type { PlacesRound } from '../sampling/places-round.ts';
import { EXIT } from './exit-statuses.ts';
import { say } from './say.ts';

/**
 * Says each warning of a round once, and what it lacks; if it lacks anything, the program ends as with a failure. `said`:
 * the sentences that were said before; the new ones are added to it.
 */
export function sayRound({ samples, lost }: PlacesRound, said: Set<string> = new Set()): void {
  for (const sentence of [...warningsOf(samples), ...lost.map(lostSentence)]) {
    if (!said.has(sentence)) say(sentence);
    said.add(sentence);
  }
  const isPartial = samples.some(({ sampling }) => sampling.isPartial === true);
  if (isPartial || lost.length > 0) process.exitCode = EXIT.failure;
}

/** The warnings of a round; one that only one of several places has begins with the name of that. */
export function warningsOf(samples: readonly Sample[]): string[] {
  const all = samples.flatMap(({ place, sampling }) =>
    sampling.warnings.map((text) => ({ text, name: printable(place.name) })),
  );
  return all.map(({ text, name }) => {
    const isOfAll = samples.length === 1 || all.filter((each) => each.text === text).length > 1;
    return isOfAll ? text : `${name}: ${text}`;
  });
}

/** That a place could not be read, in a sentence. */
export function lostSentence({ name, reason }: LostPlace): string {
  return reason.includes(name) ? reason : `${name}: ${reason}`;
}
