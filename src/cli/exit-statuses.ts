/** The exit statuses of a command. */
export interface ExitStatuses {
  /** After --help and --version. */
  readonly help: number;
  /** After a wrong option, argument or setting. */
  readonly usage: number;
  /** When it could not do its work, as on a machine that cannot be watched. */
  readonly failure: number;
}

/** Those of most commands. */
export const EXIT: ExitStatuses = { help: 0, usage: 2, failure: 2 };

/** Those of a monitoring plugin: all that is no verdict is UNKNOWN. */
export const CHECK_EXIT: ExitStatuses = { help: 3, usage: 3, failure: 3 };
