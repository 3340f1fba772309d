import type { Sample } from '../model/sample/sample.ts';

/** What the machine does not let ephtop see, each in a sentence with its reason. */
export function samplingNotes({ sampling }: Pick<Sample, 'sampling'>): string[] {
  const { fallback, refusalsUnseen } = sampling;
  return [
    ...(fallback === undefined ? [] : [`The sockets are read from procfs: ${fallback}`]),
    ...(refusalsUnseen === undefined ? [] : [`Refusals are not counted: ${refusalsUnseen}`]),
  ];
}
