/** A command line that cannot be split. Its message is one sentence. */
export class WordsError extends Error {
  override readonly name = 'WordsError';
}

/** What a backslash escapes between double quotes (POSIX.1, Shell Command Language, 2.2.3). */
const ESCAPED_IN_QUOTES = new Set(['$', '`', '"', '\\', '\n']);

/**
 * Splits a command into words as a POSIX shell would: blanks between them, quotes and backslashes. Nothing is expanded:
 * `$`, `*`, `~`, `|` and `;` are characters like all others. Throws WordsError where a quote or a backslash has no end,
 * and where there is no word.
 */
export function splitWords(text: string): [string, ...string[]] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: '"' | "'" | undefined;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    const next = text.charAt(at + 1);
    if (quote === "'") {
      if (character === "'") quote = undefined;
      else word += character;
    } else if (character === '\\') {
      if (next === '') throw new WordsError('A backslash at the end escapes nothing.');
      at++;
      const isKept = quote === '"' && !ESCAPED_IN_QUOTES.has(next);
      word = (word ?? '') + (isKept ? '\\' : '') + (next === '\n' ? '' : next);
    } else if (quote === '"') {
      if (character === '"') quote = undefined;
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/[ \t\n]/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== undefined) throw new WordsError(`A ${quote} has no other end.`);
  if (word !== undefined) words.push(word);
  const [first, ...others] = words;
  if (first === undefined || first === '') throw new WordsError('The command is empty.');
  return [first, ...others];
}
