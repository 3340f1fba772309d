import { type CloseOrder, EITHER_WAY_SHARE } from './likelihood.ts';

/** The order, by the number of closes of each half at each age, in steps of `stepMs`. */
export function closeOrder(
  ofFirst: Readonly<Uint32Array>,
  ofSecond: Readonly<Uint32Array>,
  stepMs: number,
): CloseOrder {
  // A few may be out of order.
  const allOfFirst = total(ofFirst);
  const beforeTurn = EITHER_WAY_SHARE * allOfFirst;
  const allOfSecond = total(ofSecond);
  const mostOfSecond = (1 - EITHER_WAY_SHARE) * allOfSecond;
  const all = allOfFirst + allOfSecond;
  const few = EITHER_WAY_SHARE * all;
  let [first, second, secondIsOlder, pause] = [0, 0, 0, 0];
  let [oldest, last, begin]: (number | undefined)[] = [];
  let end = 0;
  for (let step = ofFirst.length - 1; step >= 0; step--) {
    const [here, there] = [ofFirst[step] ?? 0, ofSecond[step] ?? 0];
    if (here + there === 0) continue;
    oldest ??= step;
    last ??= step;
    if (second >= mostOfSecond && first <= beforeTurn) pause = Math.max(pause, last - step);
    last = step;
    first += here;
    secondIsOlder += here * second;
    second += there;
    if (first + second > few) begin ??= step;
    if (first + second - here - there < all - few) end = step;
  }
  const spanMs = ((oldest ?? 0) - (last ?? 0)) * stepMs;
  const usualMs = spanMs / Math.max(1, first + second - 1);
  const mostMs = ((begin ?? 0) - end) * stepMs;
  return { first, second, secondIsOlder, pauseMs: pause * stepMs, usualMs, mostMs };
}

function total(closes: Readonly<Uint32Array>): number {
  let sum = 0;
  for (let step = 0; step < closes.length; step++) sum += closes[step] ?? 0;
  return sum;
}
