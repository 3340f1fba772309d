import { createRequire } from 'node:module';
import type * as Gifenc from 'gifenc';
import type { Frame } from './frames.ts';

// CommonJS with a `default` among its exports, which Node and vitest take for different things.
const gifenc = createRequire(import.meta.url)('gifenc') as typeof Gifenc;

/** A picture as red, green, blue and alpha of each pixel, row by row. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** Text has few colours, and each of them a dozen shades at its edges. */
const COLOURS = 63;
const BITS = 6;
/** Behind the colours: a pixel that stays as it is, or is no part of the picture. */
const TRANSPARENT = COLOURS;
/** gifenc and browsers: the frame stays, and the next one is drawn over it. */
const KEEP = 1;
const OPAQUE = 128;

/**
 * An animation of pictures of one size that begins again at its end. One palette serves all frames, and a
 * frame says only what it changes.
 */
export function toGif(frames: readonly Frame<Pixels>[]): Uint8Array {
  const encoder = gifenc.GIFEncoder();
  const palette = sharedPalette(frames.map(({ picture }) => picture));
  let before: Uint8Array | undefined;
  for (const { picture, delayMs } of frames) {
    const indices = indicesOf(picture, palette);
    encoder.writeFrame(changes(indices, before), picture.width, picture.height, {
      ...(before === undefined && { palette: padded(palette) }),
      delay: delayMs,
      transparent: true,
      transparentIndex: TRANSPARENT,
      dispose: KEEP,
      colorDepth: BITS,
    });
    before = indices;
  }
  encoder.finish();
  return encoder.bytes();
}

/** What differs from the frame before; the rest is transparent. */
export function changes(indices: Uint8Array, before: Uint8Array | undefined): Uint8Array {
  if (before === undefined) return indices;
  return indices.map((index, at) => (index === before[at] ? TRANSPARENT : index));
}

/** Colours for all pictures. Every kind of pixel counts once in a picture: red digits are few and matter. */
export function sharedPalette(pictures: readonly Pixels[]): Gifenc.Colour[] {
  const kinds = pictures.flatMap(({ rgba }) => [...new Set(new Uint32Array(rgba.slice().buffer))]);
  return gifenc.quantize(new Uint8Array(new Uint32Array(kinds).buffer), COLOURS);
}

function indicesOf({ rgba }: Pixels, palette: Gifenc.Colour[]): Uint8Array {
  return gifenc
    .applyPalette(rgba, palette)
    .map((index, pixel) => ((rgba[pixel * 4 + 3] ?? 0) < OPAQUE ? TRANSPARENT : index));
}

/** So that the transparent index is one of the palette's. */
function padded(palette: readonly Gifenc.Colour[]): Gifenc.Colour[] {
  return Array.from({ length: TRANSPARENT + 1 }, (_, index) => palette[index] ?? [0, 0, 0]);
}
