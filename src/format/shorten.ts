import stringWidth from 'string-width';

/** Cuts text to at most `width` columns; what is cut from its middle is replaced by `ellipsis`. */
export function shortenMiddle(text: string, width: number, ellipsis: string): string {
  if (stringWidth(text) <= width) return text;
  const room = width - stringWidth(ellipsis);
  if (room <= 0) return ellipsis.slice(0, Math.max(0, width));
  const head = Math.floor(room / 2);
  return `${text.slice(0, head)}${ellipsis}${text.slice(text.length - (room - head))}`;
}

/** Cuts text to at most `width` columns; what is cut from its end is replaced by `ellipsis`. */
export function shortenEnd(text: string, width: number, ellipsis: string): string {
  if (stringWidth(text) <= width) return text;
  return `${text.slice(0, Math.max(0, width - stringWidth(ellipsis)))}${ellipsis}`;
}

/** Joins as many of the pieces, from the first on, as fit into `width` columns; the first is always there. */
export function fitPieces(pieces: readonly string[], separator: string, width: number): string {
  return pieces.reduce((line, piece, index) => {
    const longer = index === 0 ? piece : `${line}${separator}${piece}`;
    return index === 0 || stringWidth(longer) <= width ? longer : line;
  }, '');
}
