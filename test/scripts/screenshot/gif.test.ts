import { expect, test } from 'vitest';
import { changes, type Pixels, sharedPalette, toGif } from '../../../scripts/screenshot/gif.ts';

const RED = [255, 0, 0, 255];
const GREY = [32, 32, 32, 255];
const NOTHING = [0, 0, 0, 0];

function pixels(...colours: number[][]): Pixels {
  return { width: colours.length, height: 1, rgba: Uint8Array.from(colours.flat()) };
}

test('a frame says only what it changes', () => {
  const transparent = 63;
  const before = Uint8Array.of(1, 2, 3);
  expect(changes(before, undefined)).toEqual(before);
  expect(changes(Uint8Array.of(1, 5, 3), before)).toEqual(
    Uint8Array.of(transparent, 5, transparent),
  );
});

test('the palette is of all pictures, and a rare colour is in it as it is', () => {
  const grey = pixels(...Array.from({ length: 10_000 }, () => GREY));
  const palette = sharedPalette([grey, pixels(GREY, RED)]);
  expect(palette).toContainEqual([255, 0, 0]);
  expect(palette).toContainEqual([32, 32, 32]);
});

test('there are 63 colours at most, whatever the pictures have', () => {
  const many = Array.from({ length: 4000 }, (_, index) => [
    index % 256,
    (index * 7) % 256,
    99,
    255,
  ]);
  expect(sharedPalette([pixels(...many)]).length).toBeLessThanOrEqual(63);
});

test('a GIF that begins again, with the size and the delays of the frames', () => {
  const gif = Buffer.from(
    toGif([
      { picture: pixels(RED, GREY, NOTHING), delayMs: 500 },
      { picture: pixels(GREY, GREY, NOTHING), delayMs: 1230 },
    ]),
  );
  expect(gif.toString('latin1', 0, 6)).toBe('GIF89a');
  expect([gif.readUInt16LE(6), gif.readUInt16LE(8)]).toEqual([3, 1]);
  expect(gif.includes('NETSCAPE2.0')).toBe(true);
  expect(delaysOf(gif)).toEqual([50, 123]);
});

/** From the graphic control extensions, in 1/100 s. */
function delaysOf(gif: Buffer): number[] {
  const delays: number[] = [];
  const start = Buffer.from([0x21, 0xf9, 4]);
  for (let at = gif.indexOf(start); at >= 0; at = gif.indexOf(start, at + 1)) {
    delays.push(gif.readUInt16LE(at + 4));
  }
  return delays;
}
