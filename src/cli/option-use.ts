import type { CommandName } from './command-table.ts';
import type { Invocation } from './invocation.ts';
import {
  OPTION_ENTRIES,
  OPTIONS,
  type OptionName,
  type OptionsOf,
  type Topic,
} from './option-table.ts';
import { UsageError } from './usage-error.ts';

/** What the rules look at: the values, and which of them were given. */
type Given = Pick<Invocation<Partial<OptionsOf<Topic>>>, 'options' | 'isGiven'>;

/** Options that a command has, and that one way of using it cannot use. */
interface Rule {
  readonly command: CommandName;
  readonly applies: (given: Given) => boolean;
  readonly unused: readonly OptionName[];
  /** The sentence for an option, which stands there as it is typed. */
  readonly sentence: (flag: string) => string;
}

/**
 * What the table of commands cannot tell: options that only some formats of a command can use. --color, --no-color and
 * --ascii are for every format, because scripts set them once for all commands; so is --interval for a single sample, as
 * a script's --count may be 1.
 */
const RULES: readonly Rule[] = [
  {
    command: 'snapshot',
    applies: ({ options }) => options.format !== 'prometheus',
    unused: ['maxGroups'],
    sentence: (flag) => `${flag} is for --format prometheus.`,
  },
  {
    command: 'snapshot',
    applies: ({ options }) => options.format === 'prometheus',
    unused: ['count'],
    sentence: (flag) => `--format prometheus prints one sample, without ${flag}.`,
  },
  {
    command: 'snapshot',
    applies: ({ options }) => options.format === 'prometheus',
    unused: ['sort'],
    sentence: (flag) => `--format prometheus has the fullest groups first, without ${flag}.`,
  },
  {
    command: 'replay',
    applies: ({ options }) => options.cast !== undefined,
    unused: ['format'],
    sentence: (flag) => `--cast has a format of its own: leave ${flag} out.`,
  },
  {
    command: 'replay',
    applies: ({ options }) => options.cast === undefined,
    unused: ['size', 'speed'],
    sentence: (flag) => `${flag} is for --cast.`,
  },
  {
    command: 'replay',
    applies: ({ options }) => options.cast !== undefined,
    unused: optionsOf('view').filter((name) => name !== 'theme'),
    sentence: (flag) => `${flag} is for the view: leave --cast out.`,
  },
  {
    command: 'replay',
    applies: ({ isGiven }) => isGiven('format'),
    unused: optionsOf('view'),
    sentence: (flag) => `${flag} is for the view: leave --format out.`,
  },
  {
    command: 'demo',
    applies: ({ options }) => options.list !== true,
    unused: ['format'],
    sentence: (flag) => `${flag} is for the list: add --list.`,
  },
  {
    command: 'demo',
    applies: ({ options }) => options.list === true,
    unused: ['seed', ...optionsOf('pace', 'budget', 'groups', 'order', 'view')],
    sentence: (flag) => `${flag} is for playing: leave --list out.`,
  },
];

/** Throws a UsageError for an option that was given and cannot be used together with the others. */
export function requireUse(command: CommandName, given: Given): void {
  for (const { unused, sentence } of RULES.filter(
    (rule) => rule.command === command && rule.applies(given),
  )) {
    const name = unused.find((option) => given.isGiven(option));
    if (name !== undefined) throw new UsageError(sentence(flagOf(name)));
  }
}

function optionsOf(...topics: readonly Topic[]): OptionName[] {
  return OPTION_ENTRIES.filter(([, { topic }]) => topics.includes(topic)).map(([name]) => name);
}

/** `--no-mouse` */
function flagOf(name: OptionName): string {
  return /--[\w.-]+/.exec(OPTIONS[name].flags)?.[0] ?? name;
}
