import { formatInterval } from '../format/units.ts';
import { DEFAULT_ORDER, SORT_COLUMNS } from '../model/query/order.ts';
import type { SourceChoice } from '../sampling/settings.ts';
import { DEFAULT_INTERVAL_MS, DEFAULT_THEME, THEMES } from '../store/settings.ts';
import type { ColorChoice } from '../terminal/color-depth.ts';
import { HEADLESS_OPTIONS } from './headless-options.ts';
import { WHERE_OPTIONS } from './where-options.ts';
import { VIA_OPTIONS } from './via-options.ts';
import { RECORDING_OPTIONS } from './recording-options.ts';
import {
  parseCount,
  parseDebugFile,
  parseFilterOption,
  parseInterval,
  parseShare,
  parseName,
} from './options.ts';

/** Headings of --help, by the topics below them. A command can use the options of its topics, and no others. */
export const TOPICS = {
  format: 'Options:',
  count: 'Options:',
  output: 'Options:',
  recording: 'Options:',
  cast: 'Options:',
  demo: 'Options:',
  debug: 'Options:',
  pace: 'Sampling:',
  where: 'Where:',
  source: 'Sampling:',
  budget: 'Sampling:',
  groups: 'Groups:',
  order: 'Groups:',
  check: 'Options:',
  metrics: 'Options:',
  server: 'Options:',
  view: 'View:',
  drawing: 'Drawing:',
  characters: 'Drawing:',
} as const;

/** What an option is about. */
export type Topic = keyof typeof TOPICS;

/** How a command can print what it has to say. */
export type Format = 'table' | 'text' | 'json' | 'prometheus' | 'markdown';

interface AnyOption {
  /** As commander writes them: `--interval <duration>`. */
  readonly flags: string;
  readonly description: string;
  readonly topic: Topic;
  /** True for what the configuration file can set as well. */
  readonly isSetting?: true;
}

/** An option without a value: false by default, or true if it is named `--no-…`. */
interface Flag extends AnyOption {
  readonly parse?: never;
  readonly choices?: never;
  readonly default?: never;
  readonly defaultText?: never;
  readonly negation?: never;
}

/** An option with a value that is read. Without a default it may be left out. */
interface Parsed extends AnyOption {
  /** Throws commander's InvalidArgumentError with what is right. */
  readonly parse: (text: string) => unknown;
  readonly default?: number | string | object;
  /** The default as --help writes it, where it is not plain text. */
  readonly defaultText?: string;
  readonly choices?: never;
  readonly negation?: never;
}

/** An option with one of several values. */
interface Choice extends AnyOption {
  readonly choices: readonly string[];
  /** Without one it may be left out. */
  readonly default?: string;
  readonly defaultText?: never;
  readonly parse?: never;
  /** A flag without a value that is short for one of them. */
  readonly negation?: {
    readonly flags: string;
    readonly description: string;
    readonly value: string;
  };
}

/** What the table says of an option. */
export type OptionEntry = Flag | Parsed | Choice;

/** Every option, once, by the name of its value. --help keeps the order. */
export const OPTIONS = {
  format: {
    flags: '--format <format>',
    description: 'how to print it',
    topic: 'format',
    // The table of commands says which of them a command has, and its default.
    choices: ['table', 'text', 'json', 'prometheus', 'markdown'] as readonly Format[],
    default: 'table',
  },
  count: {
    flags: '-n, --count <n>',
    description: 'how many samples, one per --interval (JSON: one document a line)',
    topic: 'count',
    parse: parseCount,
    default: 1,
    defaultText: '1',
  },
  ...RECORDING_OPTIONS,
  list: {
    flags: '--list',
    description: 'list the scenarios',
    topic: 'demo',
  },
  seed: {
    flags: '--seed <n>',
    description: 'the same requests at the same times for the same number',
    topic: 'demo',
    parse: parseCount,
    default: 1,
    defaultText: '1',
  },
  ...HEADLESS_OPTIONS,
  debug: {
    flags: '--debug <file>',
    description:
      'append a log of what ephtop does to a file: sources, fallbacks, time of each step, errors',
    topic: 'debug',
    parse: parseDebugFile,
  },
  ...WHERE_OPTIONS,
  ...VIA_OPTIONS,
  interval: {
    flags: '-i, --interval <duration>',
    description: 'time between two samples',
    topic: 'pace',
    parse: parseInterval,
    default: DEFAULT_INTERVAL_MS,
    defaultText: formatInterval(DEFAULT_INTERVAL_MS),
    isSetting: true,
  },
  source: {
    flags: '--source <source>',
    description: 'how to read the sockets',
    topic: 'source',
    choices: ['auto', 'netlink', 'procfs'] satisfies readonly SourceChoice[],
    default: 'auto',
  },
  proc: {
    flags: '--proc <directory>',
    description: 'where procfs is mounted',
    topic: 'source',
    parse: parseName,
    default: '/proc',
  },
  cpuBudget: {
    flags: '--cpu-budget <percent>',
    description: 'share of one core that ephtop may use; it samples less often to stay within it',
    topic: 'budget',
    parse: parseShare,
    default: 0.1,
    defaultText: '10%',
    isSetting: true,
  },
  filter: {
    flags: '-f, --filter <words>',
    description:
      'only groups for which every word holds, such as "dst:10.0.9. owner:haproxy headroom<20%"',
    topic: 'groups',
    parse: parseFilterOption,
    default: '',
  },
  sort: {
    flags: '-s, --sort <column>',
    description: 'order of the groups',
    topic: 'order',
    choices: SORT_COLUMNS,
    default: DEFAULT_ORDER.column,
    isSetting: true,
  },
  theme: {
    flags: '--theme <theme>',
    description: 'colour theme',
    topic: 'view',
    choices: THEMES,
    default: DEFAULT_THEME,
    isSetting: true,
  },
  mouse: {
    flags: '--no-mouse',
    description: 'leave the mouse to the terminal, for selecting text',
    topic: 'view',
    isSetting: true,
  },
  screenReader: {
    flags: '--screen-reader',
    description:
      'sentences for a screen reader instead of a screen (INK_SCREEN_READER=true does the same)',
    topic: 'view',
    isSetting: true,
  },
  bell: {
    flags: '--bell',
    description: 'ring once when a group turns critical',
    topic: 'view',
  },
  config: {
    flags: '--no-config',
    description: 'do not read the configuration file',
    topic: 'view',
  },
  color: {
    flags: '--color <when>',
    description:
      'colours; auto asks the terminal, and NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE and CLICOLOR',
    topic: 'drawing',
    choices: ['auto', 'always', 'never', '16', '256', 'truecolor'] satisfies readonly ColorChoice[],
    default: 'auto',
    negation: { flags: '--no-color', description: 'the same as --color never', value: 'never' },
    isSetting: true,
  },
  ascii: {
    flags: '--ascii',
    description: 'ASCII characters only, as in a locale that is not UTF-8',
    topic: 'characters',
    isSetting: true,
  },
} as const satisfies Record<string, OptionEntry>;

type Table = typeof OPTIONS;

/** Name of an option's value, which is that of its flag in camel case. */
export type OptionName = keyof Table;

/** Names of those options that the configuration file can set. */
export type SettingName = {
  [Name in OptionName]: Table[Name] extends { isSetting: true } ? Name : never;
}[OptionName];

/** The type of an option's value. */
export type ValueOf<Name extends OptionName> = Table[Name] extends {
  parse: (text: string) => infer Value;
}
  ? Value
  : Table[Name] extends { choices: readonly (infer Value)[] }
    ? Value
    : boolean;

/** The options of some topics that may be left out and have no default. */
type Unset<T extends Topic> = {
  [Name in OptionName]: Table[Name] extends { topic: T } & (
    | { parse: unknown }
    | { choices: unknown }
  )
    ? Table[Name] extends { default: unknown }
      ? never
      : Name
    : never;
}[OptionName];

type NamesOf<T extends Topic> = {
  [Name in OptionName]: Table[Name]['topic'] extends T ? Name : never;
}[OptionName];

/** The values of the options of some topics. */
export type OptionsOf<T extends Topic> = {
  readonly [Name in Exclude<NamesOf<T>, Unset<T>>]: ValueOf<Name>;
} & { readonly [Name in Unset<T>]?: ValueOf<Name> };

/** The table's rows. */
export const OPTION_ENTRIES = Object.entries(OPTIONS) as [OptionName, OptionEntry][];
