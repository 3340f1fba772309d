import { stringWidth } from './string-width.ts';

/** Breaks text at its blanks into lines of at most `width` columns; a longer word has a line of its own. */
export function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && stringWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** The same, but a longer word is cut, behind a part of a name or address if possible, and goes on in the next line. */
export function wrapAll(text: string, width: number): string[] {
  const lines = wrapWords(text, width);
  const at = lines.findIndex((line) => stringWidth(line) > width);
  const { [at]: long } = lines;
  if (long === undefined) return lines;
  const [piece = long] = cutLine(long, width, BEHIND_A_PART);
  const rest = [long.slice(piece.length), ...lines.slice(at + 1)].join(' ');
  return [...lines.slice(0, at), piece, ...wrapAll(rest, width)];
}

/** What parts of names, addresses and paths end with. */
const BEHIND_A_PART = /^.*[.:/_]/;

/** A line in pieces of at most `width` columns; what matches `whole` at the start of a piece, and is no blank, is one if it can. */
export function cutLine(line: string, width: number, whole?: RegExp): string[] {
  if (stringWidth(line) <= width) return [line];
  let piece = '';
  for (const character of line) {
    if (piece !== '' && stringWidth(piece + character) > width) break;
    piece += character;
  }
  const part = piece.includes(' ') ? undefined : whole?.exec(piece)?.[0];
  const cut = part ?? piece;
  return [cut, ...cutLine(line.slice(cut.length), width, whole)];
}

/** Where a shell command may be continued on a next line. */
interface Break {
  /** The next line begins with this character. */
  readonly next: number;
  /** The kind of quotes that it is in; '' for none. */
  readonly quote: string;
  /** Behind a comma, or behind a blank in quotes: not within a word or number. */
  readonly isBetween: boolean;
}

/**
 * Breaks a shell command into lines of at most `width` columns that do the same when they are pasted: a
 * backslash continues a line, and quotes are closed and opened again. The lines must not be indented, as
 * quoted text may go on in the next.
 */
export function wrapCommand(command: string, width: number): string[] {
  const lines: string[] = [];
  let rest = command;
  while (rest.length > width) {
    const found = bestBreak(rest, width);
    if (found === undefined) break;
    lines.push(`${rest.slice(0, found.next)}${found.quote}\\`);
    rest = found.quote + rest.slice(found.next);
  }
  return [...lines, rest];
}

/** The last break that fits: best between two words, else behind a comma or a blank in quotes, else anywhere within quotes. */
function bestBreak(command: string, width: number): Break | undefined {
  const breaks = breaksWithin(command, width);
  return (
    breaks.findLast(({ next, quote }) => quote === '' && next > width / 2) ??
    breaks.findLast(({ isBetween }) => isBetween) ??
    breaks.findLast(({ quote }) => quote === '') ??
    breaks.at(-1)
  );
}

function breaksWithin(command: string, width: number): Break[] {
  const breaks: Break[] = [];
  let quote = '';
  for (let index = 0; index < width - 1; index++) {
    const character = command[index] ?? '';
    const isQuote = quote === '' ? /["']/.test(character) : character === quote;
    if (isQuote) quote = quote === '' ? character : '';
    // Right behind an opened quote the rest would be as long as before.
    else if (quote !== '' || character === ' ')
      if (index + 1 + quote.length < width)
        breaks.push({ next: index + 1, quote, isBetween: /[, ]/.test(character) });
  }
  return breaks;
}
