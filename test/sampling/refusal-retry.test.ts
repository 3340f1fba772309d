import { expect, it } from 'vitest';
import { refusalLog } from '../../src/sampling/refusal-log.ts';
import { procRoot } from '../../src/source/proc-root.ts';
import { ProcessFiles } from '../../src/source/process-files.ts';
import type { RefusalWatch } from '../../src/source/refusal-watcher.ts';
import { connections, reading } from '../helpers/sockets.ts';

const UNMOUNTED: RefusalWatch = { unseen: 'tracefs is not mounted.' };

/** A log on a machine that the test changes; `looks` are those for a way to watch. */
function logging() {
  const machine = { watch: UNMOUNTED, nowMs: 5000, looks: 0, closed: 0, traced: [] as string[] };
  const log = refusalLog(
    { source: 'auto', procMount: '/proc' },
    new ProcessFiles(procRoot()),
    (line) => machine.traced.push(line),
    {
      watch: () => {
        machine.looks++;
        return machine.watch;
      },
      clock: { monotonicMs: () => machine.nowMs },
    },
  );
  const take = (nowMs: number) => {
    machine.nowMs = nowMs;
    return log.take(reading(connections(3)));
  };
  const watcher = {
    read: () => ({ refusals: [], lost: 0 }),
    close: () => void machine.closed++,
  };
  return { machine, log, take, watcher };
}

it('refusals that cannot be seen are tried again every ten seconds, and told once for each reason', () => {
  const { machine, take } = logging();
  expect(take(14_999).notes).toEqual({ refusalsUnseen: 'tracefs is not mounted.' });
  expect(machine.looks).toBe(1);
  take(15_000);
  take(24_999);
  expect(machine.looks).toBe(2);
  machine.watch = { unseen: 'no memory.' };
  expect(take(25_000).notes).toEqual({ refusalsUnseen: 'no memory.' });
  expect(machine.traced).toEqual([
    'refusals: not seen: tracefs is not mounted.',
    'refusals: not seen: no memory.',
  ]);
});

it('refusals are counted as soon as they can be seen, and looked for no more', () => {
  const { machine, log, take, watcher } = logging();
  expect(take(5000).memory).toBeUndefined();
  machine.watch = { watcher };
  const { memory, notes } = take(15_000);
  expect(memory).toBeDefined();
  expect(notes).toEqual({});
  take(60_000);
  expect(machine.looks).toBe(2);
  log.close();
  expect(machine.closed).toBe(1);
});
