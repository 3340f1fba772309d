// gifenc ships no declarations; these are of what gif.ts uses.
declare module 'gifenc' {
  /** Red, green and blue, 0–255. */
  export type Colour = [red: number, green: number, blue: number];

  /** Options of a frame; the palette of the first one is that of all that have none. */
  export type FrameOptions = {
    palette?: Colour[];
    /** Milliseconds, a multiple of 10. */
    delay?: number;
    transparent?: boolean;
    transparentIndex?: number;
    /** What becomes of the frame when the next one comes; 1: it stays. */
    dispose?: number;
    /** Bits of a palette index. */
    colorDepth?: number;
  };

  export function GIFEncoder(): {
    writeFrame(indices: Uint8Array, width: number, height: number, options: FrameOptions): void;
    finish(): void;
    bytes(): Uint8Array;
  };

  /** At most `colours` colours that come nearest to those of the picture. */
  export function quantize(rgba: Uint8Array, colours: number): Colour[];

  /** The index of the nearest colour for each pixel. */
  export function applyPalette(rgba: Uint8Array, palette: Colour[]): Uint8Array;
}
