/** Letters of five rows of pixels, `#` for ink. */
const FONT: Readonly<Record<string, string>> = {
  A: '.#. #.# ### #.# #.#',
  B: '##. #.# ##. #.# ##.',
  C: '.## #.. #.. #.. .##',
  D: '##. #.# #.# #.# ##.',
  E: '### #.. ##. #.. ###',
  F: '### #.. ##. #.. #..',
  G: '.## #.. #.# #.# .##',
  H: '#.# #.# ### #.# #.#',
  I: '# # # # #',
  J: '..# ..# ..# #.# .#.',
  K: '#.# #.# ##. #.# #.#',
  L: '#.. #.. #.. #.. ###',
  M: '#...# ##.## #.#.# #...# #...#',
  N: '#..# ##.# #.## #..# #..#',
  O: '.#. #.# #.# #.# .#.',
  P: '##. #.# ##. #.. #..',
  Q: '.#.. #.#. #.#. #.#. .#.#',
  R: '##. #.# ##. #.# #.#',
  S: '.## #.. .#. ..# ##.',
  T: '### .#. .#. .#. .#.',
  U: '#.# #.# #.# #.# ###',
  V: '#.# #.# #.# #.# .#.',
  W: '#...# #...# #.#.# ##.## #...#',
  X: '#.# #.# .#. #.# #.#',
  Y: '#.# #.# .#. .#. .#.',
  Z: '### ..# .#. #.. ###',
  '0': '### #.# #.# #.# ###',
  '1': '.# ## .# .# .#',
  '2': '### ..# ### #.. ###',
  '3': '### ..# .## ..# ###',
  '4': '#.# #.# ### ..# ..#',
  '5': '### #.. ### ..# ###',
  '6': '### #.. ### #.# ###',
  '7': '### ..# ..# .#. .#.',
  '8': '### #.# ### #.# ###',
  '9': '### #.# ### ..# ###',
  '%': '#.# ..# .#. #.. #.#',
  ',': '. . . # #',
  '.': '. . . . #',
  '/': '..# ..# .#. #.. #..',
  '?': '### ..# .## ... .#.',
  '!': '# # # . #',
  '-': '... ... ### ... ...',
  '×': '... #.# .#. #.# ...',
  ':': '. # . # .',
  ' ': '.. .. .. .. ..',
};

const ROWS = 5;
const GAP = '.';

/** How large a pixel is drawn: half a row high and a column wide, or a row high and two columns wide. */
export type PixelSize = 'half' | 'whole';

/** Rows of the screen that letters of this size take. */
export const BIG_TEXT_ROWS: Readonly<Record<PixelSize, number>> = { half: 3, whole: ROWS };

/**
 * A text in large letters of block characters, a line for each row of the screen. Letters are capital; what the font does
 * not have is a blank.
 */
export function bigText(text: string, size: PixelSize): string[] {
  const pixels = pixelRows(text);
  if (size === 'whole')
    return pixels.map((row) => Array.from(row, (pixel) => (pixel === '#' ? '██' : '  ')).join(''));
  return Array.from({ length: BIG_TEXT_ROWS.half }, (_, index) => {
    const [upper = '', lower = ''] = pixels.slice(2 * index);
    return Array.from(upper, (pixel, at) => halfBlock(pixel === '#', lower[at] === '#')).join('');
  });
}

/** Columns of the screen that a text takes in large letters. */
export function bigTextWidth(text: string, size: PixelSize): number {
  return (pixelRows(text)[0]?.length ?? 0) * (size === 'whole' ? 2 : 1);
}

/** The pixels of a text, a string for each of the five rows. */
function pixelRows(text: string): string[] {
  const letters = Array.from(text.toUpperCase(), (letter) =>
    (FONT[letter] ?? FONT[' '] ?? '').split(' '),
  );
  return Array.from({ length: ROWS }, (_, row) =>
    letters.map((letter) => letter[row] ?? '').join(GAP),
  );
}

function halfBlock(upper: boolean, lower: boolean): string {
  if (upper) return lower ? '█' : '▀';
  return lower ? '▄' : ' ';
}
