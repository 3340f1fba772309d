/** With which status a command ends. */
export interface ExitStatuses {
  /** After --help and --version. */
  readonly help: number;
  /** After a wrong option, argument or setting. */
  readonly usage: number;
  /** Where it could not do its work, such as on a machine that cannot be watched. */
  readonly failure: number;
}

/** Those of most commands. */
export const EXIT: ExitStatuses = { help: 0, usage: 2, failure: 2 };
