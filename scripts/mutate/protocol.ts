/** What a runner is asked: which tests of a folder notice that a file has another text. */
export interface RunnerOrder {
  /** From the root of the checkout. */
  readonly file: string;
  /** The tests below it are run. */
  readonly folder: string;
  readonly text: string;
}

/** What it answers. */
export interface RunnerAnswer {
  readonly noticed: boolean;
}
