import { formatDuration } from './units.ts';
import type { Sample } from '../model/sample/sample.ts';

/** What is to be known before the figures are believed, the most important first: that samples are missing, warnings. */
export function samplingWarnings(
  { sampling }: Pick<Sample, 'sampling'>,
  silentSeconds: number | undefined,
): readonly string[] {
  const { warnings } = sampling;
  return silentSeconds === undefined ? warnings : [silenceText(silentSeconds), ...warnings];
}

/** That the figures are old because the sampling hangs. */
export function silenceText(seconds: number): string {
  return `no sample for ${formatDuration(seconds)}: the figures are old`;
}

/** What the machine does not let ephtop see, each in a sentence with its reason. */
export function samplingNotes({ sampling }: Pick<Sample, 'sampling'>): string[] {
  const { fallback, refusalsUnseen } = sampling;
  return [
    ...(fallback === undefined ? [] : [`The sockets are read from procfs: ${fallback}`]),
    ...(refusalsUnseen === undefined ? [] : [`Refusals are not counted: ${refusalsUnseen}`]),
  ];
}
