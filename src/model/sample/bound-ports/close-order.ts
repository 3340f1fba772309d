import { type AgeOrder, EITHER_WAY_SHARE } from './likelihood.ts';

/** In which order TIME_WAIT of the two halves was closed. */
export interface CloseOrder extends AgeOrder {
  /** Time in ms between the closes of the second half, before, and those of the first. */
  readonly pauseMs: number;
  /** Time in ms between one close and the next, on average. */
  readonly usualMs: number;
}

/** The order, by the number of closes of each half at each age, in steps of `stepMs`. */
export function closeOrder(
  ofFirst: Readonly<Uint32Array>,
  ofSecond: Readonly<Uint32Array>,
  stepMs: number,
): CloseOrder {
  // A few may be out of order.
  const beforeTurn = EITHER_WAY_SHARE * ofFirst.reduce((sum, closes) => sum + closes, 0);
  let [first, second, secondIsOlder, pause] = [0, 0, 0, 0];
  let [oldest, last]: (number | undefined)[] = [];
  for (let step = ofFirst.length - 1; step >= 0; step--) {
    const [here, there] = [ofFirst[step] ?? 0, ofSecond[step] ?? 0];
    if (here + there === 0) continue;
    oldest ??= step;
    last ??= step;
    if (first <= beforeTurn && first + here > beforeTurn) pause = last - step;
    last = step;
    first += here;
    secondIsOlder += here * second;
    second += there;
  }
  const spanMs = ((oldest ?? 0) - (last ?? 0)) * stepMs;
  const usualMs = spanMs / Math.max(1, first + second - 1);
  return { first, second, secondIsOlder, pauseMs: pause * stepMs, usualMs };
}
