import { createContext, useContext } from 'react';
import { type Palette, PALETTES } from '../theme.ts';

/** The colours that are drawn with. */
export const PaletteContext = createContext<Palette>(PALETTES.default);

export function usePalette(): Palette {
  return useContext(PaletteContext);
}
