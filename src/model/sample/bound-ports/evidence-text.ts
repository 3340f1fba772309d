import { groupDigits } from '../../group-digits.ts';
import type { GroupEvidence } from './evidence.ts';
import type { AgeOrder, LateCloses, Steps } from './likelihood.ts';

/*
 * What speaks for bind() before connect(), or against it, in a sentence each. `second` ports are those that connect()
 * takes last.
 */

/** There was no rush: too few connections have gone. */
export function noRushText(room: number, vanished: number): string {
  return `The other half has never been full: ${counted(room, 'port')} of it ${room === 1 ? 'is' : 'are'} free, and only ${counted(vanished, 'connection')} ${vanished === 1 ? 'has' : 'have'} gone since the counters began.`;
}

/** Earlier samples saw them being taken. */
export const SEEN_TEXT = 'They were taken while the other half had room, as earlier samples saw.';

/** They are shared beyond chance: bound by number. */
export function byNumberText({ second, shared, evenlyShared }: GroupEvidence): string {
  return `${groupDigits(shared)} of ${groupDigits(second)} are used for other destinations too, where chance gives ${groupDigits(Math.round(evenlyShared))}: a program chose them by number.`;
}

/** None is shared, which is unlikely by chance. `expected`: pairs that independent searches would share on average. */
export function disjointText(expected: number): string {
  return `None of them is used for another destination from this address. Independent searches would share ${groupDigits(Math.round(expected))}; none at all is a chance of 1 in ${oneIn(expected)}.`;
}

/** They are older than what connect() took. */
export function orderText({ first, second, secondIsOlder }: AgeOrder): string {
  const percent = Math.floor((100 * secondIsOlder) / Math.max(1, first * second));
  return `Their TIME_WAIT is older than that of the half that connect() takes first, in ${percent} % of all pairs.`;
}

/** They were closed in a stream up to now. */
export function streamText({ count, youngestMs, oldestMs }: LateCloses): string {
  return `${groupDigits(count)} of them were closed one after another over ${Math.round((oldestMs - youngestMs) / 1000)} s, up to now, while the other half had room.`;
}

/** They are more than a rush leaves. */
export function survivorsText(own: number, first: number): string {
  return `A rush would leave as many ports of both halves; there are ${groupDigits(own)} beside ${groupDigits(first)}.`;
}

/** Against bind() of port 0: they follow each other. */
export function stepsText({ inStep, count }: Steps, chance: number): string {
  return `${groupDigits(inStep)} of ${groupDigits(count)} follow the one before step by step, where bind() of port 0 gives ${groupDigits(Math.round(chance * count))} by chance.`;
}

/** The chance exp(-expected), as the number of cases of which one is like that. */
function oneIn(expected: number): string {
  return expected > 18 ? 'over 60 million' : groupDigits(Number(Math.exp(expected).toPrecision(2)));
}

function counted(count: number, what: string): string {
  return `${groupDigits(count)} ${what}${count === 1 ? '' : 's'}`;
}
