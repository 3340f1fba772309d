import { describe, expect, test } from 'vitest';
import { THEMES } from '../../src/store/settings.ts';
import { backgroundOf } from '../../src/terminal/background.ts';
import { paletteOf } from '../../src/ui/palettes.ts';
import { contrast, hexOf, mixed } from '../helpers/contrast.ts';

/** What terminals and their best-known schemes have behind the text. */
const GROUNDS = {
  dark: {
    'xterm, consoles': '#000000',
    'VS Code': '#1e1e1e',
    GNOME: '#171421',
    Ubuntu: '#300a24',
    'One Dark': '#282c34',
    Gruvbox: '#282828',
    Dracula: '#282a36',
    Nord: '#2e3440',
    'Tokyo Night': '#1a1b26',
    Catppuccin: '#1e1e2e',
    Solarized: '#002b36',
  },
  light: {
    'xterm, Terminal.app': '#ffffff',
    'One Light': '#fafafa',
    Catppuccin: '#eff1f5',
    Gruvbox: '#fbf1c7',
    Nord: '#e5e9f0',
    'Tokyo Night': '#e1e2e7',
    Solarized: '#fdf6e3',
  },
} as const;

/** Terminals' own named colours, by default: text, what is behind it, and those that a palette uses. */
const NAMED = {
  dark: {
    xterm: {
      text: '#e5e5e5',
      ground: '#000000',
      redBright: '#ff0000',
      yellowBright: '#ffff00',
      cyanBright: '#00ffff',
    },
    'VS Code': {
      text: '#cccccc',
      ground: '#1e1e1e',
      redBright: '#f14c4c',
      yellowBright: '#f5f543',
      cyanBright: '#29b8db',
    },
    GNOME: {
      text: '#d0cfcc',
      ground: '#171421',
      redBright: '#f66151',
      yellowBright: '#e9ad0c',
      cyanBright: '#33c7de',
    },
    Windows: {
      text: '#cccccc',
      ground: '#0c0c0c',
      redBright: '#e74856',
      yellowBright: '#f9f1a5',
      cyanBright: '#61d6d6',
    },
  },
  light: {
    xterm: {
      text: '#000000',
      ground: '#ffffff',
      red: '#cd0000',
      magenta: '#cd00cd',
      gray: '#7f7f7f',
      blue: '#0000ee',
    },
    'VS Code': {
      text: '#333333',
      ground: '#ffffff',
      red: '#cd3131',
      magenta: '#bc05bc',
      gray: '#666666',
      blue: '#0451a5',
    },
    GNOME: {
      text: '#171421',
      ground: '#ffffff',
      red: '#c01c28',
      magenta: '#a347ba',
      gray: '#5e5c64',
      blue: '#12488b',
    },
    'Terminal.app': {
      text: '#000000',
      ground: '#ffffff',
      red: '#990000',
      magenta: '#b200b2',
      gray: '#666666',
      blue: '#0000b2',
    },
  },
} as const;

const COLORED = THEMES.filter((theme) => theme !== 'mono');
const BACKGROUNDS = ['dark', 'light'] as const;
const SIGNALS = ['warning', 'critical'] as const;

/** The contrasts that WCAG 2 asks of text (1.4.3), and of what is large or only helps to see (1.4.11). */
const BODY = 4.5;
const SECONDARY = 3;
/** How much of the text's colour is left in dim text; most terminals leave two thirds. */
const LEAST_DIM = 0.5;

const cases = BACKGROUNDS.flatMap((background) => COLORED.map((theme) => ({ background, theme })));

describe.each(cases)('$theme on $background backgrounds', ({ background, theme }) => {
  test.each([256, 'truecolor'] as const)('%s colours have contrast', (depth) => {
    const palette = paletteOf(theme, depth, background);
    for (const [scheme, ground] of Object.entries(GROUNDS[background])) {
      const of = (color: string | undefined) => contrast(hexOf(color), ground);
      for (const level of SIGNALS)
        expect(of(palette[level]), `${level} on ${scheme}`).toBeGreaterThanOrEqual(BODY);
      expect(of(palette.secondary), scheme).toBeGreaterThanOrEqual(SECONDARY);
      // It steps back: there is less of it than of any text.
      expect(of(palette.secondary)).toBeLessThan(of(palette.warning));
    }
  });

  test('named colours have contrast in terminals as they come, and dim text too', () => {
    const palette = paletteOf(theme, 16, background);
    for (const [name, terminal] of Object.entries(NAMED[background])) {
      const { text, ground, ...named } = terminal;
      const colors: Readonly<Record<string, string>> = named;
      for (const level of SIGNALS) {
        const color = hexOf(colors[palette[level] ?? '']);
        expect(contrast(color, ground), `${level} in ${name}`).toBeGreaterThanOrEqual(BODY);
      }
      const secondary = palette.secondary
        ? colors[palette.secondary]
        : mixed(text, ground, LEAST_DIM);
      expect(contrast(hexOf(secondary), ground), name).toBeGreaterThanOrEqual(SECONDARY);
    }
  });

  test('depths have palettes of their own, and each tells its two signals apart', () => {
    const palettes = ([16, 256, 'truecolor'] as const).map((depth) =>
      paletteOf(theme, depth, background),
    );
    expect(new Set(palettes.map(({ critical }) => critical)).size).toBe(3);
    for (const { warning, critical, info } of palettes) {
      expect(warning).not.toBe(critical);
      expect(info).toBeUndefined();
    }
  });
});

test('the backgrounds are told from each other by their colour', () => {
  for (const background of BACKGROUNDS)
    for (const ground of Object.values(GROUNDS[background]))
      expect(backgroundOf(ground)).toBe(background);
});

test('on a background that is not known the named colours are sent, whatever the depth', () => {
  for (const depth of [16, 256, 'truecolor'] as const)
    expect(paletteOf('default', depth, 'unknown')).toMatchObject({
      warning: 'yellow',
      critical: 'red',
      secondary: undefined,
    });
});

test('without colours no theme has one', () => {
  for (const background of ['unknown', ...BACKGROUNDS] as const) {
    for (const theme of THEMES)
      expect(Object.values(paletteOf(theme, 0, background)).filter(Boolean)).toEqual([]);
    expect(paletteOf('mono', 'truecolor', background)).toEqual(paletteOf('default', 0, background));
  }
});
