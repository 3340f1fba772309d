import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { procRoot } from '../../src/source/proc-root.ts';
import { SocketActivity } from '../../src/source/socket-activity.ts';
import { copyOfFixtureProc, stoppedClock } from '../helpers/fixture.ts';

/** The recorded machine, on which nothing happens but what the test does. */
function machine() {
  const proc = copyOfFixtureProc();
  const time = { ms: 0 };
  const news = new SocketActivity(procRoot(proc), { ...stoppedClock, monotonicMs: () => time.ms });
  const write = (name: string, text: string) => writeFileSync(join(proc, 'net', name), text);
  return { news, time, write };
}

describe('while nothing changes', () => {
  test('there is news once, and once a second', () => {
    const { news, time } = machine();
    const seen: number[] = [];
    for (time.ms = 0; time.ms <= 3250; time.ms += 250) if (news.isThere()) seen.push(time.ms);
    expect(seen).toEqual([0, 1000, 2000, 3000]);
  });
});

test.each([
  ['a TIME_WAIT more', 'TCP: inuse 14 orphan 0 tw 11 alloc 27 mem 0\n'],
  ['a socket more', 'TCP: inuse 15 orphan 0 tw 10 alloc 27 mem 0\n'],
  ['a socket that only exists', 'TCP: inuse 14 orphan 0 tw 10 alloc 28 mem 0\n'],
  ['an orphan', 'TCP: inuse 14 orphan 1 tw 10 alloc 27 mem 0\n'],
])('%s is news, once', (_, sockstat) => {
  const { news, write } = machine();
  news.isThere();
  expect(news.isThere()).toBe(false);
  write('sockstat', sockstat);
  expect(news.isThere()).toBe(true);
  expect(news.isThere()).toBe(false);
});

test.each(['snmp', 'sockstat'])('without %s everything is news', (name) => {
  const { news, write } = machine();
  write(name, '');
  expect([news.isThere(), news.isThere()]).toEqual([true, true]);
});
