import type {
  DescribedCommand,
  DescribedOption,
  Expected,
} from '../outputs/completion/command-line.ts';
import {
  argumentChoices,
  canUse,
  COMMAND_NAMES,
  type CommandName,
  COMMANDS,
  optionChoices,
} from './command-table.ts';
import { OPTION_ENTRIES, type OptionEntry, type OptionName } from './option-table.ts';

/** The whole command line, from the tables that it is read by; the live view comes first. */
export function describeCommands(): DescribedCommand[] {
  return COMMAND_NAMES.map((name) => {
    const { description, argument } = COMMANDS[name];
    return {
      word: name === 'live' ? '' : name,
      description,
      ...(argument !== undefined && {
        argument: {
          name: bare(argument[0]),
          expected: expected(bare(argument[0]), argumentChoices(name)),
          ...(argument[0].startsWith('[') && { isOptional: true }),
        },
      }),
      options: [...optionsOf(name), ...EVERY_COMMANDS],
    };
  });
}

const EVERY_COMMANDS: readonly DescribedOption[] = [
  { flags: ['-V', '--version'], description: 'print the version' },
  { flags: ['-h', '--help'], description: 'print this help' },
];

function optionsOf(name: CommandName): DescribedOption[] {
  return OPTION_ENTRIES.filter(([, { topic }]) => canUse(name, topic)).flatMap(([key, entry]) => {
    const { negation } = entry;
    return [
      described(name, key, entry),
      ...(negation === undefined
        ? []
        : [{ flags: [negation.flags], description: negation.description }]),
    ];
  });
}

function described(name: CommandName, key: OptionName, entry: OptionEntry): DescribedOption {
  const words = entry.flags.split(/,? /);
  const value = words.find((word) => word.startsWith('<'));
  const choices = entry.choices && optionChoices(name, key, entry.choices);
  return {
    flags: words.filter((word) => word.startsWith('-')),
    description: entry.description,
    ...(value !== undefined && {
      value: { name: value, expected: expected(bare(value), choices) },
    }),
    ...presetOf(key, entry),
  };
}

/** The default; that of --format differs from command to command. */
function presetOf(key: OptionName, entry: OptionEntry): { preset?: string } {
  if (key === 'format') return {};
  const preset = entry.defaultText ?? entry.default;
  // One that is an object has a text.
  const isText = typeof preset === 'number' || (typeof preset === 'string' && preset !== '');
  return isText ? { preset: `${preset}` } : {};
}

/** A value's name in the table tells whether it is a file. */
function expected(name: string, choices: readonly string[] | undefined): Expected {
  if (choices !== undefined) return { kind: 'choice', choices };
  return { kind: name === 'file' || name === 'directory' ? name : 'text' };
}

/** `<file>` without its brackets. */
function bare(placeholder: string): string {
  return placeholder.slice(1, -1);
}
