import { expect, test } from 'vitest';
import { type ColorChoice, colorDepth, forceColors } from '../../src/terminal/color-depth.ts';
import type { Environment } from '../../src/terminal/environment.ts';
import type { ColorDepth } from '../../src/ui/palettes.ts';

const CUBE = { TERM: 'xterm-256color' };
const TRUE = { ...CUBE, COLORTERM: 'truecolor' };

test.for<[environment: Environment, depth: ColorDepth]>([
  [{}, 16],
  [{ TERM: 'xterm' }, 16],
  [{ TERM: 'linux' }, 16],
  [{ TERM: 'screen' }, 16],
  [CUBE, 256],
  [{ TERM: 'tmux-256color' }, 256],
  [TRUE, 'truecolor'],
  [{ TERM: 'xterm', COLORTERM: '24bit' }, 'truecolor'],
  [{ TERM: 'xterm', COLORTERM: 'gnome-terminal' }, 16],
  [{ TERM: 'xterm-kitty' }, 'truecolor'],
  [{ TERM: 'xterm-direct' }, 'truecolor'],
  [{ TERM: 'tmux-256color', TMUX: '/tmp/x', COLORTERM: 'truecolor' }, 'truecolor'],
  [{ TERM: 'screen.xterm-256color', STY: '1.tty', COLORTERM: 'truecolor' }, 256],
  [{ TERM: 'screen', STY: '1.tty', COLORTERM: 'truecolor' }, 16],
  [{ TERM: 'dumb', COLORTERM: 'truecolor' }, 0],
  [{ TERM: 'xterm-mono' }, 0],
  [{ TERM: 'vt100-m' }, 0],
  // no-color.org: present and not empty, whatever it says; it beats whoever asks for colour.
  [{ ...TRUE, NO_COLOR: '1' }, 0],
  [{ ...TRUE, NO_COLOR: '0' }, 0],
  [{ ...TRUE, NO_COLOR: '' }, 'truecolor'],
  [{ ...TRUE, NO_COLOR: '1', FORCE_COLOR: '3' }, 0],
  [{ ...TRUE, NO_COLOR: '1', CLICOLOR_FORCE: '1' }, 0],
  // Node's and chalk's: the depth, exactly; some colour for any other text.
  [{ ...TRUE, FORCE_COLOR: '0' }, 0],
  [{ ...TRUE, FORCE_COLOR: 'false' }, 0],
  [{ ...TRUE, FORCE_COLOR: '1' }, 16],
  [{ ...TRUE, FORCE_COLOR: '2' }, 256],
  [{ TERM: 'xterm', FORCE_COLOR: '3' }, 'truecolor'],
  [{ TERM: 'xterm', FORCE_COLOR: 'true' }, 16],
  [{ ...CUBE, FORCE_COLOR: 'true' }, 256],
  [{ TERM: 'dumb', FORCE_COLOR: 'true' }, 16],
  [{ ...TRUE, FORCE_COLOR: '' }, 'truecolor'],
  [{ ...TRUE, FORCE_COLOR: '0', CLICOLOR_FORCE: '1' }, 0],
  [{ ...TRUE, FORCE_COLOR: '1', CLICOLOR: '0' }, 16],
  // bixense.com/clicolors.
  [{ ...TRUE, CLICOLOR: '0' }, 0],
  [{ ...TRUE, CLICOLOR: '1' }, 'truecolor'],
  [{ ...TRUE, CLICOLOR: '' }, 'truecolor'],
  [{ ...CUBE, CLICOLOR: '0', CLICOLOR_FORCE: '1' }, 256],
  [{ TERM: 'dumb', CLICOLOR_FORCE: '1' }, 16],
  [{ ...CUBE, CLICOLOR: '0', CLICOLOR_FORCE: '0' }, 0],
])('%j: %s colours', ([environment, depth]) => {
  expect(colorDepth('auto', environment)).toBe(depth);
});

test.for<[choice: ColorChoice, environment: Environment, depth: ColorDepth]>([
  ['never', { ...TRUE, FORCE_COLOR: '3', CLICOLOR_FORCE: '1' }, 0],
  ['always', { ...CUBE, NO_COLOR: '1', FORCE_COLOR: '0' }, 256],
  ['always', { TERM: 'dumb', CLICOLOR: '0' }, 16],
  ['16', { ...TRUE, NO_COLOR: '1' }, 16],
  ['256', { TERM: 'xterm', FORCE_COLOR: '1' }, 256],
  ['truecolor', { TERM: 'xterm', CLICOLOR: '0' }, 'truecolor'],
])('--color %s wins over %j', ([choice, environment, depth]) => {
  expect(colorDepth(choice, environment)).toBe(depth);
});

test.for([
  [true, '3'],
  [false, '0'],
] as const)('colours for the library: %j', ([isColored, forced]) => {
  const environment = { FORCE_COLOR: '1', NO_COLOR: '1', NODE_DISABLE_COLORS: '1', TERM: 'xterm' };
  forceColors(isColored, environment);
  expect(environment).toEqual({ FORCE_COLOR: forced, TERM: 'xterm' });
});
