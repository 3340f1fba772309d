import { fileURLToPath } from 'node:url';
import { Resvg } from '@resvg/resvg-js';
import { FONT_FAMILY } from './svg.ts';

const FONTS = ['DejaVuSansMono', 'DejaVuSansMono-Bold', 'DejaVuSansMono-Oblique'];

/**
 * Renders an SVG document as a PNG picture with the fonts of an npm package, so that it looks the
 * same on every machine.
 * @param zoom pixels per SVG unit; 2 is sharp on dense displays.
 */
export function toPng(svg: string, zoom = 2): Buffer {
  const resvg = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: zoom },
    font: {
      loadSystemFonts: false,
      fontFiles: FONTS.map(fontPath),
      defaultFontFamily: FONT_FAMILY,
    },
  });
  return resvg.render().asPng();
}

function fontPath(name: string): string {
  return fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`));
}
