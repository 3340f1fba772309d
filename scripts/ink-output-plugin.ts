/**
 * Ink makes each frame anew: an object for each cell of the screen, and for each text its cells, from which it takes the
 * invisible ones by a regular expression, and its lines. At 200x50 that is a megabyte of garbage a frame. The bundle has it
 * take them from src/terminal/styled-chars.ts, which remembers them from frame to frame.
 */
import type { Plugin } from 'rolldown';

const OUTPUT_FILE = /[\\/]ink[\\/]build[\\/]output\.js$/;

/** What stands in Ink's file, and what takes its place. */
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
    `                row.push({
                    type: 'char',
                    value: ' ',
                    fullWidth: false,
                    styles: [],
                });
`,
    '                row.push(BLANK);\n',
  ],
];

/** Patches the text of Ink's output.js. Throws where it is another than expected: then the patches have to be looked at. */
export function withRememberedCells(source: string): string {
  return PATCHES.reduce((code, [from, to]) => {
    if (code.split(from).length !== 2)
      throw new Error(
        `ink/build/output.js has changed: scripts/ink-output-plugin.ts looks for\n${from}`,
      );
    return code.replace(from, () => to);
  }, source);
}

/** Has Ink remember cells. */
export const inkOutput: Plugin = {
  name: 'ink-output',
  transform: (code, id) =>
    OUTPUT_FILE.test(id) ? { code: withRememberedCells(code), map: null } : undefined,
};
