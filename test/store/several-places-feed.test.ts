import { expect, test } from 'vitest';
import type { Model } from '../../src/model/model.ts';
import { ModelFeed } from '../../src/store/model-feed.ts';
import { HERE, placeSample, POD, WEB } from '../helpers/places.ts';

/** A feed, and a clock that is set by hand. */
function feedAt() {
  const shown: string[][] = [];
  let nowMs = 0;
  let timer: { readonly dueMs: number; readonly callBack: () => void } | undefined;
  let built = 0;
  const show = (model: Model, others: readonly Model[]) =>
    shown.push([model, ...others].map(({ sample }) => sample.place.id));
  const build = (buildNow: () => Model) => {
    built++;
    return buildNow();
  };
  const feed = new ModelFeed(show, build, {
    nowMs: () => nowMs,
    after(delayMs, callBack) {
      timer = { dueMs: nowMs + delayMs, callBack };
      return () => (timer = undefined);
    },
  });
  return {
    feed,
    shown,
    built: () => built,
    goTo: (ms: number) => {
      nowMs = ms;
      if (timer !== undefined && nowMs >= timer.dueMs) timer.callBack();
    },
  };
}

test('several places are shown together, at most twice a second', () => {
  const { feed, shown, goTo } = feedAt();
  feed.push(placeSample(HERE, 5));
  feed.push(placeSample(POD, 5));
  feed.push(placeSample(WEB, 5, 0.1));
  feed.push(placeSample(HERE, 6, 0.2));
  feed.push(placeSample(WEB, 7, 0.3));
  expect(shown).toEqual([['net:1'], ['net:2']]);
  goTo(499);
  expect(shown).toHaveLength(2);
  goTo(500);
  expect(shown.slice(2)).toEqual([['net:3', 'net:1']]);
});

test('pictures are not held up by many places: those left come with the next one', () => {
  let spentMs = 0;
  const shown: number[] = [];
  const timers: (() => void)[] = [];
  const feed = new ModelFeed(
    (_, others) => shown.push(1 + others.length),
    (build) => {
      spentMs += 40;
      return build();
    },
    { nowMs: () => spentMs, after: (_, callBack) => (timers.push(callBack), () => {}) },
  );
  const places = Array.from({ length: 7 }, (_, at) => ({ ...POD, id: `net:${at}` }));
  for (const place of places) feed.push(placeSample(place, 5));
  while (timers.length > 0) timers.shift()?.();
  expect(shown).toEqual([1, 1, 3, 2]);
});

test('a place without news is neither shown nor built again', () => {
  const { feed, shown, built, goTo } = feedAt();
  feed.push(placeSample(HERE, 5));
  feed.push(placeSample(POD, 5));
  const before = built();
  for (let step = 1; step <= 10; step++) {
    goTo(step * 500);
    feed.push(placeSample(HERE, 5 + step, step));
  }
  expect(built() - before).toBe(10);
  expect(new Set(shown.slice(2).flat())).toEqual(new Set(['net:1']));
});

test('a place that has gone is forgotten, and one alone is as ever', () => {
  const { feed, shown, goTo } = feedAt();
  feed.push(placeSample(HERE, 5));
  feed.push(placeSample(POD, 5));
  feed.push(placeSample(POD, 6, 0.1));
  feed.forget(POD.id);
  goTo(600);
  feed.push(placeSample(HERE, 6, 1));
  expect(shown).toEqual([['net:1'], ['net:2'], ['net:1']]);
});
