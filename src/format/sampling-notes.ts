import { withoutStop } from './sentence.ts';
import { formatDuration } from './units.ts';
import type { Sample } from '../model/sample/sample.ts';

/** What is to be known before the figures are believed, the most important first: that samples are missing, warnings. */
export function samplingWarnings(
  { sampling }: Pick<Sample, 'sampling'>,
  silentSeconds: number | undefined,
  silentReason?: string,
): readonly string[] {
  const { warnings } = sampling;
  return silentSeconds === undefined
    ? warnings
    : [silenceText(silentSeconds, silentReason), ...warnings];
}

/** That the figures are old because no sample comes, or why none does if that is known. */
export function silenceText(seconds: number, reason?: string): string {
  const why = reason === undefined ? 'the figures are old' : withoutStop(reason);
  return `no sample for ${formatDuration(seconds)}: ${why}`;
}

/** What the machine does not let ephtop see, each in a sentence with its reason. */
export function samplingNotes({ sampling }: Pick<Sample, 'sampling'>): string[] {
  const { fallback, refusalsUnseen } = sampling;
  return [
    ...(fallback === undefined ? [] : [`The sockets are read from procfs: ${fallback}`]),
    ...(refusalsUnseen === undefined ? [] : [`Refusals are not counted: ${refusalsUnseen}`]),
  ];
}
