import type { Background } from '../ui/palettes.ts';

/** From this luminance on black text has more contrast than white: (L + 0.05)² = 1.05 · 0.05. */
const LIGHT_FROM = Math.sqrt(1.05 * 0.05) - 0.05;

/**
 * Whether a colour is dark or light, by its relative luminance (WCAG 2). `text` is as XParseColor and xterm's answer to
 * OSC 11 write it: `rgb:` or `rgba:` and one to four hex digits a channel, or `#` and the digits of three channels.
 * 'unknown' for anything else.
 */
export function backgroundOf(text: string): Background {
  const channels = channelsOf(text);
  if (channels === undefined) return 'unknown';
  const [red = 0, green = 0, blue = 0] = channels.map(linear);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue >= LIGHT_FROM ? 'light' : 'dark';
}

/** Red, green and blue from 0 to 1; an alpha is left out, as what is behind is not known. */
function channelsOf(text: string): number[] | undefined {
  const [, digits = ''] = /^rgba?:((?:[\da-f]{1,4}\/){2,3}[\da-f]{1,4})$/i.exec(text) ?? [];
  const [, hash = ''] = /^#((?:[\da-f]{3}){1,4})$/i.exec(text) ?? [];
  const each = hash.length / 3;
  const channels =
    hash === '' ? digits.split('/') : [0, each, 2 * each].map((at) => hash.slice(at, at + each));
  if (channels.length < 3) return undefined;
  return channels.slice(0, 3).map((hex) => Number.parseInt(hex, 16) / (16 ** hex.length - 1));
}

/** sRGB's transfer function, as WCAG 2 has it. */
function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}
