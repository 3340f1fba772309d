import type { Severity } from '../model/severity.ts';
import type { Theme } from '../store/settings.ts';

/** How many colours a terminal is sent: none, the 16 with names, the cube of 256, or any (24 bits). */
export type ColorDepth = 0 | 16 | 256 | 'truecolor';

/** What the terminal's background is, where it has said so. */
export type Background = 'dark' | 'light' | 'unknown';

/**
 * Colours as Ink takes them. Colour is only a signal, beside a glyph: healthy things have the terminal's own.
 * `secondary` is for what steps back behind the figures; undefined: the terminal's dim text.
 */
export type Palette = Readonly<Record<Severity | 'secondary', string | undefined>>;

type Colored = Exclude<Theme, 'mono'>;
type Depth = Exclude<ColorDepth, 0>;

const NO_COLORS: Palette = {
  info: undefined,
  warning: undefined,
  critical: undefined,
  secondary: undefined,
};

const palette = (warning: string, critical: string, secondary?: string): Palette => ({
  info: undefined,
  warning,
  critical,
  secondary,
});

/** The named colours are the user's own choice for the background, which is the best guess where it is unknown. */
const UNKNOWN_BACKGROUND: Readonly<Record<Colored, Palette>> = {
  default: palette('yellow', 'red'),
  // Blue and the terminal's orange differ for every kind of colour vision.
  'colour-blind': palette('blueBright', 'yellow'),
};

/**
 * Palettes by background and depth. Text in them has a contrast of at least 4.5 (WCAG 2, 1.4.3), and what is secondary
 * of at least 3, on the backgrounds that terminals come with; the test names them. On dark backgrounds there is
 * no named colour for it: bright black is the background itself in some schemes.
 */
const PALETTES: Readonly<
  Record<
    Exclude<Background, 'unknown'>,
    Readonly<Record<Depth, Readonly<Record<Colored, Palette>>>>
  >
> = {
  dark: {
    16: {
      default: palette('yellowBright', 'redBright'),
      'colour-blind': palette('cyanBright', 'yellowBright'),
    },
    256: {
      default: palette('ansi256(221)', 'ansi256(210)', 'ansi256(245)'),
      'colour-blind': palette('ansi256(117)', 'ansi256(215)', 'ansi256(245)'),
    },
    truecolor: {
      default: palette('#f2cc60', '#ff8078', '#878e97'),
      'colour-blind': palette('#79c0ff', '#f5a742', '#878e97'),
    },
  },
  // Yellow is not to be read on white, whatever its shade.
  light: {
    16: {
      default: palette('magenta', 'red', 'gray'),
      'colour-blind': palette('blue', 'red', 'gray'),
    },
    256: {
      default: palette('ansi256(58)', 'ansi256(124)', 'ansi256(243)'),
      // The cube has no orange that is dark enough; red differs from blue just as well.
      'colour-blind': palette('ansi256(25)', 'ansi256(124)', 'ansi256(243)'),
    },
    truecolor: {
      default: palette('#7a5200', '#b3201a', '#70777f'),
      'colour-blind': palette('#0a5a9c', '#a03e00', '#70777f'),
    },
  },
};

/** The colours of a theme on this background. */
export function paletteOf(theme: Theme, depth: ColorDepth, background: Background): Palette {
  if (theme === 'mono' || depth === 0) return NO_COLORS;
  return background === 'unknown' ? UNKNOWN_BACKGROUND[theme] : PALETTES[background][depth][theme];
}
