/** What a runner is asked: which tests of a folder notice that a file has another text. */
export interface RunnerOrder {
  /** From the root of the checkout. */
  readonly file: string;
  /** Tests below it are run, where they depend on the file. */
  readonly folder: string;
  readonly text: string;
}

/** What it answers. */
export interface RunnerAnswer {
  readonly noticed: boolean;
  /** Files of tests there are. */
  readonly tests: number;
}
