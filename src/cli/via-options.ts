import { InvalidArgumentError } from 'commander';
import { splitWords, WordsError } from '../kernel/elsewhere/split-words.ts';
import type { ViaCommand } from '../source/elsewhere/via-command.ts';

/** The part of the table of options that is for shells elsewhere. */
export const VIA_OPTIONS = {
  via: {
    flags: '--via <command>',
    description:
      'watch where this command starts a POSIX shell, such as "ssh proxy-7"; may be given several times',
    topic: 'where',
    parse: parseVia,
  },
} as const;

/** One command more; commander hands in those so far. */
function parseVia(text: string, before: readonly ViaCommand[] = []): readonly ViaCommand[] {
  try {
    return [...before, { text, words: splitWords(text) }];
  } catch (error) {
    if (error instanceof WordsError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}
