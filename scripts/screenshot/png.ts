import { fileURLToPath } from 'node:url';
import { type RenderedImage, Resvg } from '@resvg/resvg-js';
import type { Pixels } from './gif.ts';
import { FONT_FAMILY } from './svg.ts';

const FONTS = ['DejaVuSansMono', 'DejaVuSansMono-Bold', 'DejaVuSansMono-Oblique'];

/** Renders an SVG document as a PNG picture. */
export function toPng(svg: string, zoom?: number): Buffer {
  return render(svg, zoom).asPng();
}

/** Renders an SVG document as pixels. */
export function toPixels(svg: string, zoom?: number): Pixels {
  const { width, height, pixels } = render(svg, zoom);
  return { width, height, rgba: new Uint8Array(pixels) };
}

/**
 * Renders an SVG document with the fonts of an npm package, so that it looks the
 * same on every machine.
 * @param zoom pixels per SVG unit; 2 is sharp on dense displays.
 */
function render(svg: string, zoom = 2): RenderedImage {
  const resvg = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: zoom },
    font: {
      loadSystemFonts: false,
      fontFiles: FONTS.map(fontPath),
      defaultFontFamily: FONT_FAMILY,
    },
  });
  return resvg.render();
}

function fontPath(name: string): string {
  return fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`));
}
