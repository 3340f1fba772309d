/** What a runner is asked: which tests of a folder notice that a file has another text. */
export interface RunnerOrder {
  /** From the root of the checkout. */
  readonly file: string;
  /** The tests below it are run. */
  readonly folder: string;
  readonly text: string;
  /** Tests that take long judge only the file that they are named after. */
  readonly isQuick: boolean;
}

/** What it answers. */
export interface RunnerAnswer {
  readonly noticed: boolean;
  /** The tests did not end, which counts as noticed; the runner is of no more use. */
  readonly isStuck: boolean;
}
