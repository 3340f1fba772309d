import { Argument, Command, type CommanderError, Option } from 'commander';
import { printable } from '../kernel/foreign-text.ts';
import { didYouMean } from '../model/query/nearest-word.ts';
import {
  argumentChoices,
  canUse,
  COMMAND_NAMES,
  COMMAND_WORDS,
  type CommandName,
  COMMANDS,
  optionChoices,
  spokenName,
} from './command-table.ts';
import { unknownLine } from '../outputs/plugin-line.ts';
import type { ExitStatuses } from './exit-statuses.ts';
import { shortened } from './shortened.ts';
import type { Invocation } from './invocation.ts';
import {
  OPTION_ENTRIES,
  type OptionEntry,
  type OptionName,
  type OptionsOf,
  type Topic,
  TOPICS,
} from './option-table.ts';
import { choiceReader } from './options.ts';

declare const EPHTOP_VERSION: string;

/** What is to be done with a command line that was understood; of the options only the command's are there. */
export type RunCommand = (
  name: CommandName,
  invocation: Invocation<OptionsOf<Topic>>,
) => Promise<void>;

/**
 * The command line for one command, whose word stands first, made from the tables of commands and options. Of the
 * others it knows what --help says: options take time to set up. A wrong option or value ends in a CommanderError,
 * after one line on stderr.
 */
export function createProgram(wanted: CommandName, run: RunCommand): Command {
  const program = new Command('ephtop')
    // What stands after a command's word is the command's.
    .enablePositionalOptions()
    .configureHelp({ optionDescription, subcommandTerm })
    .exitOverride();
  for (const name of COMMAND_NAMES) {
    const command = name === 'live' ? program : program.command(name);
    const { description, argument } = COMMANDS[name];
    command.description(description);
    if (argument !== undefined) {
      const operand = new Argument(...argument);
      const choices = argumentChoices(name);
      command.addArgument(
        // commander reads it with `choices`, and without a suggestion.
        choices === undefined ? operand : operand.choices(choices).argParser(choiceReader(choices)),
      );
    }
    if (name === wanted) define(command, name, run);
  }
  // Else commander counts arguments where a command was mistyped.
  program
    .allowExcessArguments()
    .addHelpText('after', '\n"ephtop COMMAND --help" shows the options of a command.');
  return program;
}

function define(command: Command, name: CommandName, run: RunCommand): void {
  command.allowExcessArguments(false).configureOutput({
    outputError(text, write) {
      const sentence = asOneLine(text, name);
      // Monitoring systems show what is on stdout.
      if (name === 'check') process.stdout.write(`${unknownLine(sentence)}\n`);
      write(`ephtop: ${sentence}\n`);
    },
  });
  const { notes } = COMMANDS[name];
  if (notes !== undefined) command.addHelpText('after', notes);
  for (const [option, entry] of OPTION_ENTRIES) {
    if (canUse(name, entry.topic)) addOption(command, name, option, entry);
    else refuseOption(command, name, entry);
  }
  command
    .version(EPHTOP_VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .action(() => {
      const [unknown] = command.args;
      if (name === 'live' && unknown !== undefined)
        command.error(`error: unknown command '${unknown}'.${didYouMean(unknown, COMMAND_WORDS)}`);
      return run(name, {
        options: usableOptions(name, command.opts()),
        isGiven: (option) => command.getOptionValueSource(option) === 'cli',
        args: command.args,
      });
    });
}

/** The values of the options that the command can use. */
function usableOptions(name: CommandName, values: OptionsOf<Topic>): OptionsOf<Topic> {
  const isUsable = ([option]: [string, unknown]) => {
    const entry = OPTION_ENTRIES.find(([key]) => key === option)?.[1];
    return entry !== undefined && canUse(name, entry.topic);
  };
  return Object.fromEntries(Object.entries(values).filter(isUsable)) as OptionsOf<Topic>;
}

function addOption(command: Command, name: CommandName, key: OptionName, entry: OptionEntry): void {
  const option = new Option(entry.flags, entry.description).helpGroup(TOPICS[entry.topic]);
  if (entry.choices !== undefined) {
    const choices = optionChoices(name, key, entry.choices);
    const preset = key === 'format' ? choices[0] : entry.default;
    option.choices(choices).argParser(choiceReader(choices));
    if (preset !== undefined) option.default(preset, preset);
    command.addOption(option);
    if (entry.negation !== undefined) {
      const { flags, description, value } = entry.negation;
      const negation = new Option(flags, description).helpGroup(TOPICS[entry.topic]);
      command.addOption(negation.preset(value));
    }
  } else if (entry.parse !== undefined) {
    if (entry.default !== undefined)
      option.default(entry.default, entry.defaultText ?? (entry.default as string));
    command.addOption(option.argParser(entry.parse));
  } else {
    command.addOption(option);
    command.setOptionValueWithSource(key, option.negate, 'default');
  }
}

/** Rejects an option that the command cannot use, whether its value is valid or not. */
function refuseOption(command: Command, name: CommandName, entry: OptionEntry): void {
  const { flags, topic, negation } = entry;
  for (const form of [flags, ...(negation === undefined ? [] : [negation.flags])]) {
    const option = new Option(form.replace(/<(.*)>/, '[$1]')).hideHelp();
    command.addOption(option).on(`option:${option.name()}`, () => {
      const users = COMMAND_NAMES.filter((other) => canUse(other, topic)).map(spokenName);
      const subject = name === 'live' ? spokenName(name) : `"${name}"`;
      command.error(`${subject} cannot use ${option.long}; it is for ${listed(users, 'and')}.`);
    });
  }
}

/** An option in --help. */
function optionDescription({ description, argChoices, defaultValueDescription }: Option): string {
  const choices = argChoices === undefined ? '' : `: ${listed(argChoices, 'or')}`;
  const preset = defaultValueDescription ? ` (default: ${defaultValueDescription})` : '';
  return `${description}${choices}${preset}`;
}

/** A command in the list of commands. */
function subcommandTerm(command: Command): string {
  const args = command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  );
  return [command.name(), ...args].join(' ');
}

/** "a, b and c". */
function listed(words: readonly string[], conjunction: 'and' | 'or'): string {
  const last = words.slice(-1);
  return [words.slice(0, -1).join(', '), ...last].filter(Boolean).join(` ${conjunction} `);
}

/** The exit status that a command has for an error of the command line, or for --help and --version. */
export function usageExitCode(error: CommanderError, { help, usage }: ExitStatuses): number {
  return error.exitCode === 0 ? help : usage;
}

function asOneLine(text: string, name: CommandName): string {
  const sentence = text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    // commander's own suggestions
    .replace(/ \((Did you mean .*\?)\)$/, '. $1')
    .replace(/[^.?]$/, '$&.');
  // Our own sentences say what is right.
  const command = name === 'live' ? 'ephtop' : `ephtop ${name}`;
  const more = text.startsWith('error: ') ? ` Try "${command} --help".` : '';
  return `${printable(shortened(sentence))}${more}`;
}
