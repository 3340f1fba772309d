/** A picture, and when it came onto the screen, in ms from any beginning. */
export interface Shown<Picture> {
  readonly atMs: number;
  readonly picture: Picture;
}

/** A picture of an animation, and for how long it stands: a multiple of 10 ms, as in a GIF. */
export interface Frame<Picture> {
  readonly picture: Picture;
  readonly delayMs: number;
}

const GIF_TICK_MS = 10;
/** A shorter frame is not seen, and browsers show it for longer. */
const SHORTEST_MS = 50;

/**
 * Makes an animation of what was shown, in order, until `endMs`. Equal pictures (===) that follow each other
 * become one; what was gone at once is left out, and its time is given to what came after it. Delays are
 * rounded so that the whole is as long as it was.
 */
export function toFrames<Picture>(
  shown: readonly Shown<Picture>[],
  endMs: number,
): Frame<Picture>[] {
  const kept: { picture: Picture; startMs: number }[] = [];
  let startMs = shown[0]?.atMs ?? endMs;
  shown.forEach(({ picture }, index) => {
    const nextMs = shown[index + 1]?.atMs ?? endMs;
    if (kept.at(-1)?.picture === picture) startMs = nextMs;
    else if (nextMs - startMs >= SHORTEST_MS) {
      kept.push({ picture, startMs });
      startMs = nextMs;
    }
  });
  const ticks = (ms: number) => Math.round(ms / GIF_TICK_MS) * GIF_TICK_MS;
  return kept.map((frame, index) => ({
    picture: frame.picture,
    delayMs: ticks(kept[index + 1]?.startMs ?? endMs) - ticks(frame.startMs),
  }));
}
