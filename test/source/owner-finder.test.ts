import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { EachInode } from '../../src/kernel/socket-owners.ts';
import type { Clock } from '../../src/source/clock.ts';
import { OwnerFinder } from '../../src/source/owner-finder.ts';
import { IN_PASSING, type OwnerPace } from '../../src/source/owner-pace.ts';
import { ProcessFiles } from '../../src/source/process-files.ts';
import { procRoot } from '../../src/source/proc-root.ts';
import { asNobody, FakeProcesses } from '../helpers/fake-processes.ts';
import { numbersFrom } from '../helpers/owners.ts';

/** A finder over a pretended /proc, and whose files it looked at. */
function open(pace?: OwnerPace) {
  const fake = new FakeProcesses();
  const time = { nowMs: 0, perLookMs: 0 };
  const clock: Clock = {
    nowMs: () => 0,
    monotonicMs: () => (time.nowMs += time.perLookMs),
    sleep: () => Promise.reject(new Error('nobody should sleep here')),
  };
  const files = new ProcessFiles(procRoot(fake.path));
  const looks = vi.spyOn(files, 'sockets');
  const lists = vi.spyOn(files, 'pids');
  const finder = new OwnerFinder(files, clock, pace);
  /** Looks for the owners of these sockets, and answers with the pid of each, 0 for none. */
  const find = (...inodes: number[]) => {
    finder.find(each(inodes));
    return inodes.map((inode) => finder.pidOf(inode));
  };
  /** The pids that were looked at since the last time. */
  const looked = () => {
    const pids = looks.mock.calls.map(([pid]) => pid);
    looks.mockClear();
    return pids;
  };
  /** How often all pids were listed since the last time. */
  const listed = () => {
    const count = lists.mock.calls.length;
    lists.mockClear();
    return count;
  };
  return { fake, time, finder, find, looked, listed };
}

const each =
  (inodes: readonly number[]): EachInode =>
  (visit) =>
    inodes.forEach(visit);

/** As in the live view, but without what is special to the first search. */
const PACED = { ...IN_PASSING, firstDelayMs: 0, firstBudgetMs: IN_PASSING.budgetMs };
/** One step a call. */
const STEPWISE = { ...PACED, budgetMs: 0, firstBudgetMs: 0 };

describe('thoroughly', () => {
  test('every owner that can be found is, with its name', () => {
    const { fake, find, finder } = open();
    fake.set(812, { command: 'haproxy', sockets: [11, 12] });
    fake.set(900, { command: 'curl', sockets: [13, 99], files: ['/dev/null'] });
    expect(find(11, 12, 13, 14)).toEqual([812, 812, 900, 0]);
    expect([812, 900, 1].map((pid) => finder.commandOf(pid))).toEqual(['haproxy', 'curl', '']);
    expect(finder.pidOf(99)).toBe(0); // nobody asked
    expect(finder.unseenProcesses).toBe(0);
  });

  test('the open files of those that were found are known, where their limits can be read', () => {
    const { fake, find, finder } = open();
    fake.set(812, { sockets: [11, 12], files: ['/dev/null'] });
    writeFileSync(join(fake.path, '812/limits'), 'Max open files   1024   4096   files\n');
    fake.set(900, { sockets: [13] });
    find(11, 12, 13);
    expect(finder.filesOf(812)).toEqual({ open: 3, limit: 1024, hardLimit: 4096 });
    expect([finder.filesOf(900), finder.filesOf(1)]).toEqual([undefined, undefined]);
    fake.end(812);
    find(13, 14);
    expect(finder.filesOf(812)).toBeUndefined();
  });

  test('a socket of several processes is the lowest one’s', () => {
    const { fake, find } = open();
    fake.set(1000, { sockets: [11, 12] });
    fake.set(901, { sockets: [11] });
    fake.set(95, { sockets: [11] });
    expect(find(11, 12)).toEqual([95, 1000]);
  });

  test('nobody is looked at where nothing is sought, or all is known', () => {
    const { fake, find, looked, listed } = open();
    fake.set(812, { sockets: [11, 12, 13] });
    expect(find()).toEqual([]);
    expect([looked(), listed()]).toEqual([[], 0]);
    find(11, 12);
    expect([looked(), listed()]).toEqual([[812], 1]);
    expect(find(12, 11)).toEqual([812, 812]);
    expect(find(12)).toEqual([812]);
    expect([looked(), listed()]).toEqual([[], 0]);
  });

  test('those who had sockets come first, and the others only if that is not enough', () => {
    const { fake, find, looked, listed } = open();
    for (const pid of [5, 7, 812, 900, 950]) fake.set(pid);
    fake.set(812, { sockets: [11] });
    fake.set(900, { sockets: [12] });
    find(11, 12);
    expect(looked()).toEqual([5, 7, 812, 900]); // 950 is not needed any more
    listed();
    fake.set(900, { sockets: [12, 13] });
    expect(find(11, 12, 13)).toEqual([812, 900, 900]);
    expect([looked(), listed()]).toEqual([[812, 900], 0]);
    fake.set(7, { sockets: [14] });
    expect(find(14)).toEqual([7]);
    expect([looked(), listed()]).toEqual([[812, 900, 5, 7], 1]);
  });

  test('then come those who made a socket last, though none of them was sought', () => {
    const { fake, find, looked, listed } = open();
    for (const pid of numbersFrom(1, 30)) fake.set(pid, { sockets: [1000 + pid] });
    fake.set(7, { sockets: [2000] });
    find(11);
    expect(looked()).toHaveLength(30);
    listed();
    fake.set(7, { sockets: [2001] });
    expect(find(2001)).toEqual([7]);
    expect(looked().every((pid) => pid === 7 || pid > 20)).toBe(true);
    expect(listed()).toBe(0);
  });

  test('an owner that has ended, or is called otherwise now, is noticed', () => {
    const { fake, find, finder } = open();
    fake.set(812, { command: 'sh', sockets: [11, 12] });
    find(11, 12);
    fake.set(812, { command: 'haproxy', sockets: [11] });
    find(11, 12);
    expect(finder.commandOf(812)).toBe('haproxy');
    fake.end(812);
    fake.set(900, { sockets: [12] }); // it was a child of 812
    expect(find(11, 12)).toEqual([0, 900]);
    expect(finder.commandOf(812)).toBe('');
  });

  test('what was looked for in vain is looked for again, but seldom', () => {
    const { fake, time, find, looked } = open();
    for (const pid of [5, 812]) fake.set(pid);
    expect(find(11)).toEqual([0]);
    expect(looked()).toEqual([5, 812]);
    fake.set(812, { sockets: [11, 12] });
    time.nowMs += 29_000;
    expect(find(11)).toEqual([0]);
    expect(looked()).toEqual([]);
    time.nowMs += 1000;
    expect(find(11)).toEqual([812]);
  });

  test('a socket that is listed twice is one', () => {
    const { fake, find, looked } = open();
    for (const pid of [5, 812, 900]) fake.set(pid, { sockets: pid === 812 ? [11] : [] });
    expect(find(11, 11)).toEqual([812, 812]);
    expect(looked()).toEqual([5, 812]);
  });
});

describe('without permission', () => {
  test('the processes that refuse are counted, and counted anew when they are gone', () => {
    const { fake, find, finder, time } = open();
    for (const pid of [5, 6, 7]) {
      fake.set(pid, { sockets: [10 + pid] });
      fake.permit(pid, 0o000);
    }
    fake.set(2, { stat: '2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0' });
    fake.permit(2, 0o000);
    fake.set(812, { sockets: [11] });
    expect(asNobody(() => find(11, 15, 16))).toEqual([812, 0, 0]);
    expect(finder.unseenProcesses).toBe(3);
    fake.permit(5, 0o755); // or it could not be removed
    fake.end(5);
    fake.permit(6, 0o755);
    time.nowMs += 30_000;
    expect(asNobody(() => find(11, 15, 16))).toEqual([812, 0, 6]);
    expect(finder.unseenProcesses).toBe(1);
  });

  test('a /proc without processes has no owners', () => {
    const { find, finder } = open();
    expect(find(11)).toEqual([0]);
    expect(finder.unseenProcesses).toBe(0);
  });
});

describe('in passing', () => {
  test('the first call looks at nothing, the second one does', () => {
    const { fake, time, find, looked } = open(IN_PASSING);
    fake.set(812, { sockets: [11] });
    expect(find(11)).toEqual([0]);
    expect(looked()).toEqual([]);
    time.nowMs += 250;
    expect(find(11)).toEqual([812]);
  });

  test('the first search gets through a few hundred processes in one call, a later one does not', () => {
    const { fake, time, find } = open(IN_PASSING);
    for (const pid of numbersFrom(1, 300)) fake.set(pid);
    fake.set(400, { sockets: [11] });
    find(11);
    time.nowMs += 250;
    // 150 µs a process is what was measured with 20 files each.
    time.perLookMs = 0.15;
    expect(find(11)).toEqual([400]);
    expect(time.nowMs - 250).toBeLessThanOrEqual(IN_PASSING.firstBudgetMs);
    time.nowMs += 60_000;
    fake.set(401, { sockets: [12] });
    expect(find(11, 12)).toEqual([400, 0]);
  });

  test('the first search of very many processes is cut into calls as well', () => {
    const { fake, time, find } = open(IN_PASSING);
    for (const pid of numbersFrom(1, 1000)) fake.set(pid);
    fake.set(2000, { sockets: [11] });
    find(11);
    time.nowMs += 250;
    time.perLookMs = 0.15;
    expect(find(11)).toEqual([0]);
    expect(time.nowMs - 250).toBeLessThanOrEqual(IN_PASSING.firstBudgetMs + 1);
    for (let call = 0; call < 3; call++) find(11);
    expect(find(11)).toEqual([2000]);
  });

  test('there are 5 s between two searches', () => {
    const { fake, time, find, looked } = open(PACED);
    fake.set(812, { sockets: numbersFrom(1, 100) });
    const searches = Array.from({ length: 80 }, (_, tick) => {
      time.nowMs = tick * 250;
      find(tick + 1, tick + 2); // there is always a new one
      return looked().length > 0 ? time.nowMs : undefined;
    });
    expect(searches.filter((ms) => ms !== undefined)).toEqual([0, 5000, 10_000, 15_000]);
  });

  test('no call takes longer than the budget, and nothing is left out', () => {
    const { fake, time, find, finder } = open(PACED);
    const wanted = [7, 1207, 1999, 3000];
    fake.set(5, { sockets: numbersFrom(1, 2000) });
    for (const pid of numbersFrom(10, 300)) fake.set(pid);
    fake.set(400, { sockets: numbersFrom(2001, 1000) });
    time.perLookMs = 0.5;
    let calls = 0;
    while (finder.pidOf(3000) === 0) {
      const before = time.nowMs;
      find(...wanted);
      // One look at the clock before, one after.
      expect(time.nowMs - before).toBeLessThanOrEqual(IN_PASSING.budgetMs + 1);
      calls++;
      time.nowMs += 250;
    }
    expect(find(...wanted)).toEqual([5, 5, 5, 400]);
    expect(calls).toBeGreaterThan(5);
    expect(calls).toBeLessThan(30);
  });

  test('a long search is followed by a long rest', () => {
    const { fake, time, find, looked } = open({
      ...PACED,
      budgetMs: Infinity,
      firstBudgetMs: Infinity,
    });
    fake.set(812, { sockets: numbersFrom(1, 100) });
    find(1);
    looked();
    time.perLookMs = 20;
    time.nowMs += 5000;
    const startedMs = time.nowMs;
    find(1, 2);
    const tookMs = time.nowMs - startedMs;
    looked();
    time.perLookMs = 0;
    time.nowMs += 80 * tookMs;
    find(1, 2, 3);
    expect(looked()).toEqual([]);
    time.nowMs += 20 * tookMs;
    find(1, 2, 3);
    expect(looked()).toEqual([812]);
  });

  test('sockets that come up while a search is under way are found too', () => {
    const { fake, time, find, finder } = open(STEPWISE);
    for (const pid of numbersFrom(1, 10)) fake.set(pid);
    fake.set(812, { sockets: [11] });
    find(11);
    fake.set(812, { sockets: [11, 12] });
    expect(finder.isSearching).toBe(true);
    const found = Array.from({ length: 30 }, () => (time.nowMs++, find(11, 12)));
    expect(found.at(-1)).toEqual([812, 812]);
    expect(finder.isSearching).toBe(false);
  });

  test('a search ends when what it seeks has closed; what came up meanwhile waits', () => {
    const { fake, time, find, looked } = open(STEPWISE);
    for (const pid of numbersFrom(1, 50)) fake.set(pid);
    find(); // the search that takes nothing for granted
    time.nowMs = 5000;
    find(11);
    find(11);
    for (let call = 0; call < 20; call++) find(12);
    expect(looked().length).toBeLessThan(5);
    time.nowMs = 40_000; // now it goes through all of them
    for (let call = 0; call < 200; call++) find(100 + call);
    expect(looked().length).toBe(50);
  });

  test('processes may end in the middle of a search', () => {
    const { fake, time, find } = open(STEPWISE);
    for (const pid of numbersFrom(1, 40)) fake.set(pid, { sockets: numbersFrom(pid * 100, 50) });
    fake.set(812, { sockets: [11] });
    for (let call = 0; call < 10; call++) find(11, 2010);
    for (const pid of numbersFrom(1, 40)) fake.end(pid);
    for (let call = 0; call < 200; call++) find(11, 2010);
    expect(find(11)).toEqual([812]);
    expect(time.nowMs).toBe(0);
  });

  test('what has closed is forgotten', () => {
    const { fake, time, find, finder } = open(PACED);
    fake.set(812, { sockets: numbersFrom(1, 1000) });
    find(...numbersFrom(1, 1000));
    expect(finder.pidOf(500)).toBe(812);
    time.nowMs += 5000;
    find(1);
    expect(finder.pidOf(500)).toBe(0);
    expect(finder.pidOf(1)).toBe(812);
  });

  test('a search that is closed can be followed by another', () => {
    const { fake, find, finder } = open(STEPWISE);
    for (const pid of numbersFrom(1, 20)) fake.set(pid, { sockets: [pid] });
    find(20);
    find(20);
    finder.close();
    for (let call = 0; call < 100; call++) find(20);
    expect(finder.pidOf(20)).toBe(20);
  });
});
