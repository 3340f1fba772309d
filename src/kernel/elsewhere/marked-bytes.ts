const AT = 0x40;

/** A text of ASCII characters as bytes. */
export function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Where the mark, which begins with `@`, stands in bytes[from, end); -1: nowhere. */
export function indexOfMark(
  bytes: Uint8Array,
  mark: Uint8Array,
  from: number,
  end = bytes.length,
): number {
  const filled = bytes.subarray(0, end);
  for (let at = filled.indexOf(AT, from); at >= 0; at = filled.indexOf(AT, at + 1)) {
    let length = 1;
    while (length < mark.length && filled[at + length] === mark[length]) length++;
    if (length === mark.length) return at;
  }
  return -1;
}
