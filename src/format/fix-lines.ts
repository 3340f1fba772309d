import { bestFix, doneLine } from './best-fix.ts';
import { wrapWords } from './wrap.ts';

/**
 * What came of the last suggestion, or else the best one (`withBest`), in at most `most` lines of `width` columns. Only
 * the last line may be longer; empty: there is neither.
 */
export function fixLines(
  model: Parameters<typeof bestFix>[0],
  width: number,
  { most, withBest }: { readonly most: number; readonly withBest: boolean },
): readonly string[] {
  const tell = withBest ? bestFix : doneLine;
  const linesFor = (room: number) => {
    const text = tell(model, room);
    return text === undefined ? [] : wrapWords(text, width);
  };
  const whole = linesFor(most * width);
  if (whole.length <= most) return whole;
  const short = linesFor(width);
  const end = short.slice(most - 1).join(' ');
  return [...short.slice(0, most - 1), ...(end === '' ? [] : [end])];
}
