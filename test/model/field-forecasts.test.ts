/** Forecasts that people in the field were misled by: what is right, from the first look on. */
import { expect, test } from 'vitest';
import { verdictOf, verdictText } from '../../src/format/verdict.ts';
import type { Model } from '../../src/model/model.ts';
import { ModelStream } from '../../src/model/model-stream.ts';
import { spokenVerdict } from '../../src/ui/speech/spoken-overview.ts';
import { during, once, paced, together } from '../forecast-score/clients.ts';
import type { Client } from '../forecast-score/machine.ts';
import { play } from '../forecast-score/play.ts';
import { connections, modelOf, sampleOfSockets } from '../helpers/sockets.ts';

/** What is said of a client with so many ports at each look, 250 ms apart. */
function said(client: Client, ports: number, seconds: number) {
  const pattern = { name: '', seconds, clients: () => [client] };
  const [course] = play(pattern, ports);
  if (course === undefined) throw new Error('one client, one course');
  return course;
}

test('20 leaks a second, one look: growth is not known yet', () => {
  const model = modelOf(connections(40));
  const [group] = model.groups;
  expect(group).toMatchObject({ growthPerSecond: undefined, etaSeconds: null });
  expect(verdictText(verdictOf(model))).toContain('growth is not known yet');
  expect(spokenVerdict(model, false)).toContain('growth is not known yet');
});

test('20 leaks a second: not known before the third second, and within a tenth from then on', () => {
  const looks = said(paced(20, Infinity), 2000, 90).said;
  const early = looks.filter(({ atSeconds }) => atSeconds < 3);
  expect(early.every((look) => look.growthPerSecond === undefined)).toBe(true);
  const late = looks.filter(({ atSeconds }) => atSeconds > 3.25);
  const errors = late.map(
    ({ atSeconds, etaSeconds }) =>
      Math.abs(atSeconds + (etaSeconds ?? Infinity) - 100) / (100 - atSeconds),
  );
  expect(Math.max(...errors)).toBeLessThan(0.1);
});

test.for([0, 0.3, 0.7])('200 closed at once, then nothing, %f s after a look: no alarm', (at) => {
  const looks = said(once(5 + at, 200), 300, 80).said;
  expect(looks.filter(({ etaSeconds }) => etaSeconds !== null)).toEqual([]);
});

test('80/s for 6 s, a pause of 10 s, 80/s on: within a tenth from the third second on', () => {
  const client = together(during(0, 6, paced(80)), during(16, 80, paced(80)));
  const course = said(client, 3000, 50);
  const [end] = course.outAt;
  if (end === undefined) throw new Error('the ports run out');
  const wrong = course.said.filter(({ atSeconds, etaSeconds }) => {
    const isSettled = (atSeconds >= 3 && atSeconds <= 6) || atSeconds >= 19;
    // Until the pause nobody knows of it.
    const left = end - atSeconds - (atSeconds <= 6 ? 10 : 0);
    const error = Math.abs((etaSeconds ?? Infinity) - left);
    return isSettled && atSeconds < end && error > Math.max(0.1 * left, 0.5);
  });
  expect(wrong).toEqual([]);
  const paused = course.said.filter(({ atSeconds }) => atSeconds >= 6 && atSeconds < 16);
  expect(paused.filter(({ isRedByTime }) => isRedByTime)).toEqual([]);
});

test.for([100, 1000, 28_000])('a pool of 64 opened once, of %i ports: steady', (ports) => {
  const looks = said(once(5, 64, Infinity), ports, 700).said;
  expect(looks.filter(({ etaSeconds }) => etaSeconds !== null)).toEqual([]);
  const there = looks.filter(({ atSeconds }) => atSeconds > 5);
  expect(new Set(there.map((look) => look.growthPerSecond))).toEqual(new Set([0]));
});

test('a pool that is filled for 5 s grows meanwhile, and no longer', () => {
  const looks = said(during(5, 10, paced(20, Infinity)), 400, 60).said;
  const growing = looks.filter(({ growthPerSecond = 0 }) => growthPerSecond > 0);
  expect(growing[0]?.atSeconds).toBeLessThanOrEqual(8.5);
  expect(growing.at(-1)?.atSeconds).toBeLessThanOrEqual(12);
});

/** Two groups that begin a minute apart: one all but full and still, and one that leaks at this rate. */
function redAndLeaking(leaksPerSecond: number): Model {
  const red = connections(91, { remote: '10.0.9.22' });
  const at = (seconds: number) => [
    ...red,
    ...connections(10 + Math.round(seconds * leaksPerSecond), {}, 40_000),
  ];
  const stream = new ModelStream();
  for (let second = 0; second < 60; second++)
    stream.next(sampleOfSockets(at(second), { takenAtMs: second * 1000 }));
  return stream.next(sampleOfSockets(at(60), { takenAtMs: 60_000 }));
}

test('a red group is the verdict, whatever the time of another', () => {
  const model = redAndLeaking(0.4);
  const [red, leaking] = model.groups;
  expect(red).toMatchObject({ severity: 'critical', etaSeconds: null, growthPerSecond: 0 });
  expect(leaking).toMatchObject({ severity: 'info' });
  expect(leaking?.etaSeconds).toBeGreaterThan(120);
  expect(model.worst).toBe(red);
  const words = 'has 9.0% of its ports left and does not get fuller';
  expect(verdictText(verdictOf(model))).toContain(`10.0.9.22:8080 ${words}`);
  expect(spokenVerdict(model, false)).toContain('10.0.9.22 port 8080');
});
