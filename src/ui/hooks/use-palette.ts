import { createContext, useContext, useEffect, useState } from 'react';
import type { Theme } from '../../store/settings.ts';
import { type Background, type ColorDepth, type Palette, paletteOf } from '../palettes.ts';

/** What the terminal can show, and on what. */
export interface TerminalColors {
  readonly depth: ColorDepth;
  /** Asks for the background, and calls back with each answer; returns the function that ends it. */
  readonly onBackground: (listener: (background: Background) => void) => () => void;
}

/** The colours that are drawn with. */
export const PaletteContext = createContext<Palette>(paletteOf('default', 16, 'unknown'));

export function usePalette(): Palette {
  return useContext(PaletteContext);
}

/** The palette of a theme, from the first frame on; another one as soon as the terminal says what it is drawn on. */
export function usePaletteOf(theme: Theme, colors: TerminalColors = ANY): Palette {
  const [background, setBackground] = useState<Background>('unknown');
  // After the first frame, which waits for nothing.
  useEffect(() => colors.onBackground(setBackground), [colors]);
  return paletteOf(theme, colors.depth, background);
}

/** A terminal that nothing is known of. */
const ANY: TerminalColors = { depth: 16, onBackground: () => () => {} };

/** How text is drawn that steps back: in the palette's colour, or dim. */
export function secondaryStyle({ secondary }: Palette): { color: string } | { dimColor: true } {
  return secondary === undefined ? { dimColor: true } : { color: secondary };
}
