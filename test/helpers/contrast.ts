/** Contrast of two colours `#rrggbb`, from 1 to 21, as WCAG 2 has it. */
export function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** A colour as the palettes write it, `#rrggbb` or `ansi256(n)`, as `#rrggbb`. */
export function hexOf(color: string | undefined): string {
  const index = Number(/^ansi256\((\d+)\)$/.exec(color ?? '')?.[1]);
  if (color === undefined || (Number.isNaN(index) && !color.startsWith('#')))
    throw new Error(`${color} has no colour of its own`);
  if (Number.isNaN(index)) return color;
  // xterm's cube of 6x6x6, and its 24 greys.
  const level = (part: number) => [0, 95, 135, 175, 215, 255][part % 6] ?? 0;
  const cube = index - 16;
  const channels =
    index >= 232
      ? Array.from({ length: 3 }, () => 8 + 10 * (index - 232))
      : [level(Math.floor(cube / 36)), level(Math.floor(cube / 6)), level(cube)];
  return `#${channels.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

/** Text drawn dim: so much of it, and the rest is what is behind. */
export function mixed(text: string, ground: string, share: number): string {
  const parts = [channelsOf(text), channelsOf(ground)] as const;
  const mix = parts[0].map((channel, at) =>
    Math.round(channel * share + (parts[1][at] ?? 0) * (1 - share)),
  );
  return `#${mix.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

function channelsOf(hex: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = channelsOf(hex).map((channel) => {
    const share = channel / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
