import type { ColorDepth } from '../ui/palettes.ts';
import type { Environment } from './environment.ts';

/** What --color and the configuration can say. */
export type ColorChoice = 'auto' | 'always' | 'never' | '16' | '256' | 'truecolor';

/**
 * How many colours to send to the terminal. What the user chose for this program comes first. Of the variables, one
 * that asks for no colour beats one that asks for it: NO_COLOR (no-color.org), then FORCE_COLOR (as Node and
 * chalk read it: 0 to 3 are depths, anything else is some colour), CLICOLOR_FORCE and CLICOLOR
 * (bixense.com/clicolors). An empty variable says nothing.
 */
export function colorDepth(choice: ColorChoice, environment: Environment): ColorDepth {
  switch (choice) {
    case 'never':
      return 0;
    case '16':
      return 16;
    case '256':
      return 256;
    case 'truecolor':
      return 'truecolor';
    case 'always':
      return terminalDepth(environment) || 16;
    case 'auto':
      return wantedDepth(environment);
  }
}

/**
 * Tells Ink's colour library, which has conventions of its own and looks at them once, when it is loaded. What speaks
 * against it goes: Node warns of a variable that it does not heed.
 */
export function forceColors(isColored: boolean, environment: Record<string, string | undefined>) {
  environment['FORCE_COLOR'] = isColored ? '3' : '0';
  delete environment['NO_COLOR'];
  delete environment['NODE_DISABLE_COLORS'];
}

const FORCED: Readonly<Record<string, ColorDepth>> = {
  0: 0,
  false: 0,
  1: 16,
  2: 256,
  3: 'truecolor',
};

function wantedDepth(environment: Environment): ColorDepth {
  const { NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, CLICOLOR } = environment;
  if (NO_COLOR) return 0;
  if (FORCE_COLOR) return FORCED[FORCE_COLOR] ?? (terminalDepth(environment) || 16);
  if (CLICOLOR_FORCE && CLICOLOR_FORCE !== '0') return terminalDepth(environment) || 16;
  return CLICOLOR === '0' ? 0 : terminalDepth(environment);
}

// Terminals that show 24 bits though neither COLORTERM (which ssh and sudo drop) nor a suffix says so.
const TRUE_COLOR = /-direct|truecolor|^(?:alacritty|contour|foot|wezterm|xterm-(?:ghostty|kitty))/;
const NONE = /^(?:dumb|unknown|.*-(?:m|mono))$/;

/** What the terminal can show, by its own word; 16 colours where it says nothing of them, as all but a few can. */
function terminalDepth({ TERM = '', COLORTERM = '', STY }: Environment): ColorDepth {
  if (NONE.test(TERM)) return 0;
  // GNU screen hands on its terminal's COLORTERM, and before version 5 cannot show what it says.
  const isScreen = Boolean(STY) && TERM.startsWith('screen');
  if (!isScreen && /^(?:truecolor|24bit)$/i.test(COLORTERM)) return 'truecolor';
  if (TRUE_COLOR.test(TERM)) return 'truecolor';
  return TERM.includes('256') ? 256 : 16;
}
