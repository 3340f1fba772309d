import { expect, test } from 'vitest';
import { StepTimes } from '../../src/source/trace.ts';
import { stoppedClock } from '../helpers/fixture.ts';

/** Steps, and a way to spend time in them. */
function watch() {
  let nowMs = 5000;
  const steps = new StepTimes({ ...stoppedClock, monotonicMs: () => nowMs });
  return { steps, spend: (tookMs: number) => (nowMs += tookMs) };
}

test('steps are told in the order in which they ended, and then forgotten', () => {
  const { steps, spend } = watch();
  expect(steps.time('read', () => (spend(5.14), 'rows'))).toBe('rows');
  spend(100);
  steps.time('group', () => spend(2));
  expect(steps.take()).toBe('read 5.1 ms, group 2.0 ms');
  expect(steps.take()).toBe('');
});

test('a step of the same name adds to the first', () => {
  const { steps, spend } = watch();
  for (const tookMs of [1, 2]) steps.time('owners', () => spend(tookMs));
  expect(steps.take()).toBe('owners 3.0 ms');
});

test('the time of inner steps is not the outer one’s', () => {
  const { steps, spend } = watch();
  steps.time('group', () => {
    spend(1);
    steps.time('owners', () => {
      spend(10);
      steps.time('read', () => spend(100));
    });
    spend(2);
    steps.time('owners', () => spend(20));
  });
  steps.time('model', () => spend(4));
  expect(steps.take()).toBe('read 100.0 ms, owners 30.0 ms, group 3.0 ms, model 4.0 ms');
});

test('a step that throws has taken its time as well', () => {
  const { steps, spend } = watch();
  const fail = () => {
    spend(3);
    throw new Error('no');
  };
  expect(() => steps.time('read', fail)).toThrow('no');
  expect(steps.take()).toBe('read 3.0 ms');
});
