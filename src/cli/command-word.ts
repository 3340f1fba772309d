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
 * command's word, it is the live view. A word that is not a command stays where it is.
 */
export function findCommand(words: readonly string[]): { name: CommandName; words: string[] } {
  const index = firstOperand(words);
  const name = COMMAND_NAMES.find((command) => command !== 'live' && command === words[index]);
  return name === undefined
    ? { name: 'live', words: [...words] }
    : { name, words: [name, ...words.slice(0, index), ...words.slice(index + 1)] };
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
