import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TIME_WAIT } from '../../src/kernel/tcp-state.ts';
import { kernelReader } from '../../src/source/kernel-files.ts';
import { procRoot } from '../../src/source/proc-root.ts';
import { copyOfFixtureProc, stoppedClock } from '../helpers/fixture.ts';

/** A machine with one TIME_WAIT socket, which counts how often its sockets are read. */
function machine() {
  const proc = copyOfFixtureProc();
  const time = { ms: 0 };
  const log = { reads: 0 };
  const clock = { ...stoppedClock, monotonicMs: () => time.ms };
  const read = kernelReader('procfs', procRoot(proc), clock, {
    read(table, warnings) {
      log.reads++;
      const row = table.addRow();
      table.state[row] = TIME_WAIT;
      table.timerMs[row] = 10_000;
      warnings.push('a row could not be read');
      return 0;
    },
  });
  const count = (name: string, line: string) => writeFileSync(join(proc, 'net', name), `${line}\n`);
  return { read, time, log, count };
}

describe('while nothing changes', () => {
  test('the sockets are not read again, but grow older', () => {
    const { read, time, log } = machine();
    read();
    for (const [atMs, leftMs] of [
      [250.4, 9750],
      [500.8, 9500],
      [999, 9001],
    ] as const) {
      time.ms = atMs;
      const { sockets, warnings } = read();
      expect({ rows: sockets.length, leftMs: sockets.timerMs[0] }).toEqual({ rows: 1, leftMs });
      expect(warnings).toEqual(['a row could not be read']);
    }
    expect(log.reads).toBe(1);
  });

  test('they are read once a second even so', () => {
    const { read, time, log } = machine();
    for (time.ms = 0; time.ms <= 4000; time.ms += 250) read();
    expect(log.reads).toBe(5);
  });
});

test.each([
  ['a TIME_WAIT more', 'TCP: inuse 14 orphan 0 tw 11 alloc 27 mem 0'],
  ['a socket more', 'TCP: inuse 15 orphan 0 tw 10 alloc 27 mem 0'],
  ['a socket that only exists', 'TCP: inuse 14 orphan 0 tw 10 alloc 28 mem 0'],
  ['an orphan', 'TCP: inuse 14 orphan 1 tw 10 alloc 27 mem 0'],
  ['no counter at all', 'TCP: mem 0'],
])('%s: the sockets are read again', (_, sockstat) => {
  const { read, log, count } = machine();
  read();
  count('sockstat', sockstat);
  read();
  expect(log.reads).toBe(2);
});

test('without the counters nothing is taken for unchanged', () => {
  const { read, log, count } = machine();
  count('snmp', '');
  read();
  read();
  expect(log.reads).toBe(2);
});
