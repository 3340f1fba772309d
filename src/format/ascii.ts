/** Unicode characters in our texts, and their ASCII replacements. */
const ASCII_FOR: Readonly<Record<string, string>> = {
  '→': '->',
  '–': '-',
  '—': '-',
  '…': '~',
  '·': '.',
  '±': '+-',
  '≥': '>=',
  '≤': '<=',
  '▲': '^',
  '▁': '.',
  '▂': '.',
  '▃': ':',
  '▄': ':',
  '▅': '+',
  '▆': '+',
  '▇': '#',
  '█': '#',
  '▀': '"',
  '▓': '=',
  '▒': '+',
  '░': '-',
  '┊': ':',
  '↑': 'up',
  '↓': 'down',
  '←': '<-',
  '×': 'x',
  '●': '*',
  '▶': '>',
  '‖': '=',
  '■': '#',
  '│': '|',
  '─': '-',
  '┌': '+',
  '┬': '+',
  '┐': '+',
  '├': '+',
  '┼': '+',
  '┤': '+',
  '└': '+',
  '┴': '+',
  '┘': '+',
};

/** A text in ASCII: our own characters by their replacements, those of others as `other` writes them. */
export function asciiText(text: string, other: (character: string) => string): string {
  return text.replace(/[^\p{ASCII}]/gu, (character) => ASCII_FOR[character] ?? other(character));
}

/** `\xe9`, `\u{4e2d}`: as what cannot be seen is printed. */
export function escapedCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}
