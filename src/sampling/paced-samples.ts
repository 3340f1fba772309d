import type { Sample } from '../model/sample/sample.ts';
import type { Source } from './source.ts';

/** A source of samples whose pace can be changed. */
export interface PacedSamples extends Source<Sample> {
  /** Sets the time between two samples. */
  readonly setInterval: (intervalMs: number) => void;
}
