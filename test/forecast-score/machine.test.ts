/** The simulated machine against what the kernel was seen to do. */
import { expect, test } from 'vitest';
import { bursts, during, independent, once, onTheMean, paced, randomFrom } from './clients.ts';
import { type Client, PortGroup, TICKS_PER_SECOND } from './machine.ts';

/** A group that a client has used for so many seconds. */
function after(seconds: number, client: Client, options: { ports: number; reuse?: boolean }) {
  const group = new PortGroup({ reuse: false, ...options });
  for (let tick = 0; tick < seconds * TICKS_PER_SECOND; tick++)
    group.step(client(tick / TICKS_PER_SECOND, (tick + 1) / TICKS_PER_SECOND));
  return group;
}

test('a connect() that finds no port is refused, and the demand goes on', () => {
  const group = after(10, paced(20, Infinity), { ports: 150 });
  expect(group).toMatchObject({ activeOpens: 150, refusals: 50, free: 0 });
});

test('a closed connection keeps its port for 60 s, and until the next turn of the wheel', () => {
  const used = (seconds: number) => after(seconds, once(0, 40), { ports: 100 }).look();
  expect(used(30)).toMatchObject({ used: 40, timeWaitUsed: 40, overdueTimeWait: 0 });
  expect(used(30).drainSchedule[30]).toBe(40);
  // Turns are at whole times of 2.048 s: 59.392 s, 61.44 s.
  expect(used(61.4)).toMatchObject({ used: 40, overdueTimeWait: 40 });
  expect(used(61.5)).toMatchObject({ used: 0, overdueTimeWait: 0 });
});

test('under tcp_tw_reuse what is older than a second is free, and is taken over', () => {
  const group = after(20, paced(90), { ports: 100, reuse: true });
  expect(group.refusals).toBe(0);
  expect(group.look()).toMatchObject({ used: 90, free: 10 });
  expect(after(20, paced(110), { ports: 100, reuse: true }).refusals).toBeGreaterThan(0);
});

test('live connections hold their port, then go into TIME_WAIT', () => {
  const group = after(8, paced(10, 5), { ports: 1000 });
  expect(group.look()).toMatchObject({ liveUsed: 50, timeWaitUsed: 30, used: 80, closeRate: 3 });
});

test('a twin goes on by itself', () => {
  const group = after(2, paced(10, Infinity), { ports: 100 });
  const twin = group.twin();
  twin.step([{ count: 30, holdSeconds: Infinity }]);
  expect([group.free, twin.free, twin.activeOpens]).toEqual([80, 50, 30]);
});

test.for([
  ['paced', paced(7.3), 73],
  ['in bursts', bursts(8, 2, { first: 1 }), 40],
  ['for a time', during(2, 4, paced(10)), 20],
  ['on the mean of what was', onTheMean([[{ count: 12, holdSeconds: 0 }], []], 2), 60],
] as const)('a client %s connects as often as it should', ([, client, count]) => {
  expect(after(10, client, { ports: 1000 }).activeOpens).toBe(count);
});

test('independent arrivals swing by the square root of their number', () => {
  const random = randomFrom(1);
  const counts = Array.from({ length: 200 }, () => {
    const client = independent(20, random);
    return after(5, client, { ports: 1000 }).activeOpens;
  });
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
  expect(mean).toBeGreaterThan(97);
  expect(mean).toBeLessThan(103);
  expect(variance).toBeGreaterThan(75);
  expect(variance).toBeLessThan(130);
});
