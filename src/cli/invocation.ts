import type { Trace } from '../source/trace.ts';
import type { OptionName } from './option-table.ts';

/** What a command is started with. */
export interface Invocation<Options> {
  readonly options: Options;
  /** True for options given on the command line, not defaults. */
  readonly isGiven: (name: OptionName) => boolean;
  /** The command-line arguments that are not options. */
  readonly args: readonly string[];
  /** Writes a line to the --debug file; undefined without --debug. */
  readonly trace?: Trace | undefined;
}
