import type { Trace } from '../source/trace.ts';
import type { OptionName } from './option-table.ts';

/** What a command is started with. */
export interface Invocation<Options> {
  readonly options: Options;
  /** Tells options that the command line has from defaults. */
  readonly isGiven: (name: OptionName) => boolean;
  /** What stands on the command line besides options. */
  readonly args: readonly string[];
  /** Takes lines for the file of --debug; undefined: there is none. */
  readonly trace?: Trace | undefined;
}
