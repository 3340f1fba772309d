/**
 * Ink makes each frame anew: an object for each cell of the screen, and for each text its cells, from which it takes the
 * invisible ones by a regular expression, and its lines. At 200x50 that is a megabyte of garbage a frame. The bundle has it
 * take them from src/terminal/styled-chars.ts, which remembers them from frame to frame.
 */
import type { Plugin } from 'rolldown';
import { ONE_COLUMN_EACH } from '../src/format/string-width.ts';

const OUTPUT_FILE = /[\\/]ink[\\/]build[\\/]output\.js$/;

const TOKENIZER_FILE = /[\\/]ink[\\/]build[\\/]ansi-tokenizer\.js$/;

const LINE_UPDATE_FILE = /[\\/]ink[\\/]build[\\/]line-update\.js$/;

/** What stands in Ink's output.js, and what takes its place. */
const PATCHES: readonly (readonly [string, string])[] = [
  [
    `import { styledCharsFromTokens, styledCharsToString, tokenize, } from '@alcalzone/ansi-tokenize';`,
    `import { BLANK, linesOf, styledCharsToString, visibleCells } from '@alcalzone/ansi-tokenize';`,
  ],
  [
    String.raw`cached = styledCharsFromTokens(tokenize(line)).filter(character => !/^\p{Default_Ignorable_Code_Point}+$/u.test(character.value));`,
    'cached = visibleCells(line);',
  ],
  [
    `        const characterLines = [[]];
        for (const character of this.caches.getStyledChars(text)) {
            if (character.value === '\\n') {
                characterLines.push([]);
            }
            else {
                characterLines.at(-1).push(character);
            }
        }
        let lines = characterLines.map(line => styledCharsToString(line));
`,
    '        let lines = linesOf(text);\n',
  ],
  [
    `            const row = [];
            for (let x = 0; x < this.width; x++) {
                row.push({
                    type: 'char',
                    value: ' ',
                    fullWidth: false,
                    styles: [],
                });
            }
`,
    '            const row = Array(Math.ceil(this.width) || 0).fill(BLANK);\n',
  ],
  // Most lines have no gaps.
  [
    '            const lineWithoutEmptyItems = line.filter(item => item !== undefined);\n',
    '            const lineWithoutEmptyItems = line.includes(undefined) ? line.filter(item => item !== undefined) : line;\n',
  ],
  // Most lines fit.
  [
    '                    return this.sliceLineToColumns(line, from, to);\n',
    '                    return from === 0 && to === width && width > 0 ? line : this.sliceLineToColumns(line, from, to);\n',
  ],
  // An iterator makes an object for each cell, until the function is compiled.
  [
    `            for (const character of characters) {
                currentLine[offsetX] = character;
`,
    `            for (let at = 0; at < characters.length; at++) {
                const character = characters[at];
                currentLine[offsetX] = character;
`,
  ],
];

/** The same of its ansi-tokenizer.js, which looks at each character of each text. */
const TOKENIZER_PATCHES: typeof PATCHES = [
  [
    `    for (const character of text) {
        if (isC1ControlCharacter(character)) {
            return true;
        }
    }
    return false;
};
`,
    String.raw`    return /[\x80-\x9f]/.test(text);
};
`,
  ],
];

/** The same of its line-update.js, which takes lines apart into clusters: not those of bars and boxes either. */
const LINE_UPDATE_PATCHES: typeof PATCHES = [
  ['const printableAscii = /^[ -~]*$/u;\n', `const printableAscii = ${ONE_COLUMN_EACH};\n`],
];

/** Patches the text of Ink's output.js. Throws where it is another than expected: then the patches have to be looked at. */
export function withRememberedCells(source: string): string {
  return patched(source, 'output.js', PATCHES);
}

/** The same for its ansi-tokenizer.js. */
export function withFastTokenizer(source: string): string {
  return patched(source, 'ansi-tokenizer.js', TOKENIZER_PATCHES);
}

/** The same for its line-update.js. */
export function withFastLines(source: string): string {
  return patched(source, 'line-update.js', LINE_UPDATE_PATCHES);
}

function patched(source: string, file: string, patches: typeof PATCHES): string {
  return patches.reduce((code, [from, to]) => {
    if (code.split(from).length !== 2)
      throw new Error(
        `ink/build/${file} has changed: scripts/ink-output-plugin.ts looks for\n${from}`,
      );
    return code.replace(from, () => to);
  }, source);
}

/** Has Ink remember cells. */
export const inkOutput: Plugin = {
  name: 'ink-output',
  transform(code, id) {
    if (OUTPUT_FILE.test(id)) return { code: withRememberedCells(code), map: null };
    if (LINE_UPDATE_FILE.test(id)) return { code: withFastLines(code), map: null };
    return TOKENIZER_FILE.test(id) ? { code: withFastTokenizer(code), map: null } : undefined;
  },
};
