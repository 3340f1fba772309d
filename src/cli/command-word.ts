import { COMMAND_NAMES, type CommandName } from './command-table.ts';
import { OPTION_ENTRIES } from './option-table.ts';

/** The flags that are followed by a value as a separate word. */
const BEFORE_VALUES = new Set(
  OPTION_ENTRIES.filter(([, { flags }]) => flags.endsWith('>')).flatMap(([, { flags }]) =>
    flags.split(/,? /).slice(0, -1),
  ),
);

/**
 * Finds the command of a command line, and moves its word to the front, because options may come before it. Without a
 * command's word, it is the live view. Of a line with another word in its place only that word is left, because the
 * error is about nothing else, and neither --help nor --version may hide it.
 */
export function findCommand(words: readonly string[]): { name: CommandName; words: string[] } {
  const index = firstOperand(words);
  const name = COMMAND_NAMES.find((command) => command !== 'live' && command === words[index]);
  if (name !== undefined)
    return { name, words: [name, ...words.slice(0, index), ...words.slice(index + 1)] };
  // Behind an option that there is not, the word may be its value.
  const isMeant = words.slice(0, index).every((word) => !word.startsWith('-') || isFlag(word));
  const mistyped = isMeant ? words.slice(index, index + 1) : [];
  return { name: 'live', words: mistyped.length > 0 ? mistyped : [...words] };
}

const FLAGS = new Set([
  ...OPTION_ENTRIES.flatMap(([, { flags, negation }]) =>
    [...flags.split(/,? /), negation?.flags].filter((word) => word?.startsWith('-')),
  ),
  '-h',
  '--help',
  '-V',
  '--version',
]);

/** True for an option of any command, also with its value behind it: `-i1s`, `--interval=1s`. */
function isFlag(word: string): boolean {
  return FLAGS.has(word.startsWith('--') ? word.replace(/=.*/s, '') : word.slice(0, 2));
}

/** Index of the first word that is neither an option nor the value of one. */
function firstOperand(words: readonly string[]): number {
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (word === '--') return index + 1;
    if (BEFORE_VALUES.has(word)) index++;
    else if (word === '-' || !word.startsWith('-')) return index;
  }
  return words.length;
}
