import cliTruncate from 'cli-truncate';
import { stringWidth } from './string-width.ts';

/** Cuts text to at most `width` columns; what is cut from its middle is replaced by `ellipsis`. */
export function shortenMiddle(text: string, width: number, ellipsis: string): string {
  return shorten(text, width, ellipsis, 'middle');
}

/** Cuts text to at most `width` columns; what is cut from its end is replaced by `ellipsis`. */
export function shortenEnd(text: string, width: number, ellipsis: string): string {
  return shorten(text, width, ellipsis, 'end');
}

/** Cuts text to at most `width` columns; what is cut from its start is replaced by `ellipsis`. */
export function shortenStart(text: string, width: number, ellipsis: string): string {
  return shorten(text, width, ellipsis, 'start');
}

function shorten(
  text: string,
  width: number,
  ellipsis: string,
  position: 'start' | 'middle' | 'end',
): string {
  if (width < 1) return '';
  return cliTruncate(text, width, { position, truncationCharacter: ellipsis });
}

/** Joins as many of the pieces, from the first on, as fit into `width` columns; the first is always there. */
export function fitPieces(pieces: readonly string[], separator: string, width: number): string {
  return pieces.reduce((line, piece, index) => {
    const longer = index === 0 ? piece : `${line}${separator}${piece}`;
    return index === 0 || stringWidth(longer) <= width ? longer : line;
  }, '');
}
