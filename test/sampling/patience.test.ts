import { expect, it } from 'vitest';
import { Patience } from '../../src/sampling/patience.ts';
import { SourceError } from '../../src/source/source-error.ts';
import { sampleOfSockets } from '../helpers/sockets.ts';

const SAMPLE = sampleOfSockets([]);

/** Patience on a clock of the test's. */
function patient() {
  const clock = { nowMs: 0, monotonicMs: () => clock.nowMs };
  const traced: string[] = [];
  const patience = new Patience(clock, (line) => traced.push(line));
  const works = () => patience.attempt(() => SAMPLE)?.sampling.warnings;
  const fails = (error: Error = new SourceError('no memory.')) =>
    patience.attempt(() => {
      throw error;
    });
  return { clock, patience, traced, works, fails };
}

it('a sample that fails is left out, and the next one warns of it, once', () => {
  const { clock, patience, traced, works, fails } = patient();
  expect(works()).toEqual([]);
  expect(fails()).toBeUndefined();
  expect(patience.isFailing).toBe(true);
  expect(traced).toEqual(['no sample: no memory.']);
  clock.nowMs = 3000;
  expect(works()).toEqual(['no sample could be taken for 3 s: no memory.']);
  expect(patience.isFailing).toBe(false);
  expect(works()).toEqual([]);
});

it('a failure that lasts ten seconds ends it, and one that passed before does not count', () => {
  const { clock, works, fails } = patient();
  works();
  fails();
  clock.nowMs = 5000;
  works();
  clock.nowMs = 6000;
  fails();
  clock.nowMs = 15_999;
  expect(fails()).toBeUndefined();
  clock.nowMs = 16_000;
  expect(() => fails()).toThrow('no memory.');
});

it('nothing new is no end of a failure', () => {
  const { clock, patience, works, fails } = patient();
  works();
  fails();
  clock.nowMs = 9000;
  patience.attempt(() => undefined);
  clock.nowMs = 10_000;
  expect(() => fails()).toThrow('no memory.');
});

it('what fails from the start is thrown at once, and so is a mistake of ours', () => {
  const { works, fails } = patient();
  expect(() => fails()).toThrow('no memory.');
  works();
  expect(() => fails(new TypeError('a mistake'))).toThrow('a mistake');
});
