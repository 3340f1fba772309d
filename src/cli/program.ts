import { Command, type CommanderError, Option } from 'commander';
import { DEFAULT_ORDER, SORT_COLUMNS, type SortColumn } from '../model/query/order.ts';
import { escapeControl } from '../kernel/parse-error.ts';
import type { SourceChoice } from '../sampling/sampler.ts';
import { type Theme, THEMES } from '../store/settings.ts';
import {
  parseCount,
  parseFilterOption,
  parseInterval,
  parseLength,
  parseShare,
} from './options.ts';

declare const EPHTOP_VERSION: string;

/** Exit status for a wrong option, and for a machine that cannot be watched. */
export const EXIT_USAGE = 2;

/** The options that all commands share. */
export interface CommonOptions {
  /** Ms between two samples. */
  readonly interval: number;
  readonly source: SourceChoice;
  /** Share of one core that the process may use, 0–1. */
  readonly cpuBudget: number;
  readonly filter: string;
  readonly sort: SortColumn;
  /** False: --no-color. */
  readonly color: boolean;
  readonly ascii: boolean;
  /** False: --no-mouse. */
  readonly mouse: boolean;
  readonly theme: Theme;
  readonly screenReader: boolean;
  readonly bell: boolean;
  /** False: --no-config. */
  readonly config: boolean;
  /** Where procfs is mounted. */
  readonly proc: string;
}

export interface SnapshotOptions extends CommonOptions {
  readonly format: 'table' | 'json';
  readonly count: number;
}

export interface AdviseOptions extends CommonOptions {
  readonly format: 'text' | 'json';
}

export interface RecordOptions extends CommonOptions {
  /** '-' is stdout; undefined: a file in the current directory, named after host and time. */
  readonly output?: string;
  /** Ms; undefined: until a signal comes. */
  readonly duration?: number;
}

/** What the commands do; each resolves when its work is done. */
export interface Commands {
  /** `isGiven` tells options that the command line has from defaults. */
  live(options: CommonOptions, isGiven: (name: keyof CommonOptions) => boolean): Promise<void>;
  snapshot(options: SnapshotOptions): Promise<void>;
  advise(options: AdviseOptions): Promise<void>;
  record(options: RecordOptions): Promise<void>;
  replay(
    file: string,
    options: CommonOptions,
    isGiven: (name: keyof CommonOptions) => boolean,
  ): Promise<void>;
}

/** The command line. A wrong option or value ends in a CommanderError, after one line on stderr. */
export function createProgram(commands: Commands): Command {
  const program = new Command('ephtop')
    .description('A live, top-style monitor for ephemeral TCP port exhaustion on Linux.')
    .version(EPHTOP_VERSION)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: (text, write) => write(asOneLine(text)) })
    .exitOverride();
  addCommonOptions(program);
  // Else commander counts arguments where a command was mistyped.
  program.allowExcessArguments().action(() => {
    const [unknown] = program.args;
    if (unknown !== undefined) program.error(`error: unknown command '${unknown}'.`);
    return commands.live(
      program.opts(),
      (name) => program.getOptionValueSource(name) !== 'default',
    );
  });
  const snapshot = program
    .command('snapshot')
    .allowExcessArguments(false)
    .description('Print one sample, or several, and end.')
    .addOption(
      new Option('--format <format>', 'how to print it')
        .choices(['table', 'json'])
        .default('table'),
    )
    .option(
      '--count <n>',
      'how many samples, at --interval (JSON: one document a line)',
      parseCount,
      1,
    )
    .action(() => commands.snapshot(snapshot.optsWithGlobals()));
  const advise = program
    .command('advise')
    .allowExcessArguments(false)
    .description('Print the sysctls that matter, explained, and what to do, best first.')
    .addOption(
      new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'),
    )
    .action(() => commands.advise(advise.optsWithGlobals()));
  addRecordings(program, commands);
  return program;
}

function addRecordings(program: Command, commands: Commands): void {
  const record = program
    .command('record')
    .allowExcessArguments(false)
    .description('Keep the samples of an incident in a file, to be looked at with "replay".')
    .option('-o, --output <file>', 'where to; - is stdout (default: a new file here)')
    .option('--duration <duration>', 'end after this time (default: with Ctrl-C)', parseLength)
    .action(() => commands.record(record.optsWithGlobals()));
  const replay = program
    .command('replay')
    .allowExcessArguments(false)
    .description('Look at a recording in the live view, and go through it in time.')
    .argument('<file>', 'a recording')
    .action((file: string) =>
      commands.replay(
        file,
        replay.optsWithGlobals(),
        (name) => replay.getOptionValueSourceWithGlobals(name) !== 'default',
      ),
    );
}

function addCommonOptions(program: Command): void {
  program
    .addOption(
      new Option('--interval <duration>', 'time between two samples')
        .argParser(parseInterval)
        .default(250, '250ms'),
    )
    .addOption(
      new Option('--source <source>', 'how to read the sockets')
        .choices(['auto', 'netlink', 'procfs'])
        .default('auto'),
    )
    .addOption(
      new Option(
        '--cpu-budget <percent>',
        'share of one core to stay within, by sampling less often',
      )
        .argParser(parseShare)
        .default(0.1, '10%'),
    )
    .option(
      '--filter <words>',
      'only groups of which every word holds, such as "dst:10.0.9. owner:haproxy headroom<20%"',
      parseFilterOption,
      '',
    )
    .addOption(
      new Option('--sort <column>', 'order of the groups')
        .choices(SORT_COLUMNS)
        .default(DEFAULT_ORDER.column),
    )
    .option('--no-color', 'no colour (NO_COLOR does the same)')
    .option('--ascii', 'draw with ASCII characters only', false)
    .option('--no-mouse', 'leave the mouse to the terminal, to select text with')
    .addOption(
      new Option('--theme <theme>', 'colours').choices(THEMES).default('default' satisfies Theme),
    )
    .option(
      '--screen-reader',
      'lines to be listened to, in place of a screen (INK_SCREEN_READER=true does the same)',
      false,
    )
    .option('--bell', 'ring once when a group turns critical', false)
    .option('--no-config', 'do not read the configuration file')
    .option('--proc <directory>', 'where procfs is mounted', '/proc');
}

/** The exit status that an error of the command line calls for: 0 for --help and --version. */
export function usageExitCode(error: CommanderError): number {
  return error.exitCode === 0 ? 0 : EXIT_USAGE;
}

function asOneLine(text: string): string {
  const sentence = text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ');
  return `ephtop: ${escapeControl(sentence)} Try "ephtop --help".\n`;
}
