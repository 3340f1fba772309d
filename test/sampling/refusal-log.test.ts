import { describe, expect, it } from 'vitest';
import type { NamedRefusal } from '../../src/model/sample/refusal-memory.ts';
import { classify } from '../../src/model/sample/classify.ts';
import { measure } from '../../src/model/sample/measure.ts';
import type { FedRefusals } from '../../src/sampling/refusal-feed.ts';
import { logOf, refusalLog } from '../../src/sampling/refusal-log.ts';
import { procRoot } from '../../src/source/proc-root.ts';
import { ProcessFiles } from '../../src/source/process-files.ts';
import { connections, reading } from '../helpers/sockets.ts';

const REFUSED: NamedRefusal = {
  pid: 812,
  command: 'haproxy',
  family: 4,
  localAddress: '10.0.3.7',
  remoteAddress: '10.0.9.21',
  remotePort: 8080,
};
const NOON = Date.UTC(2026, 10, 21, 12);

/** A log whose feed says at each look what it is told to. */
function logging() {
  const next: { -readonly [Key in keyof FedRefusals]: FedRefusals[Key] } = {
    refusals: [],
    unattributed: [],
    read: 0,
    lost: 0,
  };
  let isClosed = false;
  const log = logOf({
    hasNews: () => next.refusals.length > 0,
    take: () => ({ ...next }),
    close: () => void (isClosed = true),
  });
  /** Looks after so many seconds; what each group was refused, by the port of its destination. */
  const look = (seconds: number, fed: Partial<FedRefusals>) => {
    const read = (fed.refusals?.length ?? 0) + (fed.unattributed?.length ?? 0);
    Object.assign(next, { refusals: [], unattributed: [], read, lost: 0 }, fed);
    const now = reading(connections(3), { takenAtMs: NOON + 1000 * seconds });
    const { memory, notes, warnings } = log.take(now);
    const sample = measure(classify(now), { refusals: memory });
    log.groupsAre(sample);
    const totals = Object.fromEntries(
      sample.groups.map(({ remotePort, connectFailures }) => [remotePort, connectFailures?.total]),
    );
    return { totals, notes, warnings };
  };
  return { log, look, next, isClosed: () => isClosed };
}

const times = (count: number, more: Partial<NamedRefusal> = {}) =>
  Array.from({ length: count }, () => ({ ...REFUSED, ...more }));

describe('where refusals are seen', () => {
  it('they are counted from look to look, with nothing to say beside it', () => {
    const { look } = logging();
    expect(look(0, { refusals: times(2) })).toEqual({
      totals: { 8080: 2 },
      notes: {},
      warnings: [],
    });
    expect(look(1, { refusals: times(5) }).totals).toEqual({ 8080: 7 });
  });

  it('one of an unknown namespace is ours where it fits a group that was seen, and only there', () => {
    const { look } = logging();
    // No group has been seen yet.
    expect(look(0, { unattributed: times(4) }).totals).toEqual({ 8080: 0 });
    const unattributed = [...times(3), ...times(8, { remotePort: 9999 })];
    expect(look(1, { unattributed }).totals).toEqual({ 8080: 3 });
  });

  it('what was lost is shared by the others’ shares, and a warning says so', () => {
    const { look } = logging();
    const refusals = [...times(30), ...times(10, { remotePort: 9999 })];
    expect(look(0, { refusals, lost: 400 })).toMatchObject({
      totals: { 8080: 330, 9999: 110 },
      warnings: [expect.stringMatching(/^400 refused connections came faster than they could/)],
    });
    expect(look(1, { refusals: times(1) })).toMatchObject({
      totals: { 8080: 331 },
      warnings: [],
    });
  });

  it('what was lost is another namespace’s as far as what was read is', () => {
    const { look } = logging();
    expect(look(0, { refusals: times(10), read: 1000, lost: 3000 }).totals).toEqual({ 8080: 40 });
    const unknown = times(10, { remotePort: 9999 });
    expect(look(1, { refusals: times(10), unattributed: unknown, lost: 60 }).totals).toEqual({
      8080: 80,
    });
    expect(look(2, { read: 1000, lost: 3000 }).totals).toEqual({ 8080: 80 });
  });

  it('has the news of its feed, and closes it', () => {
    const { log, next, isClosed } = logging();
    expect(log.hasNews()).toBe(false);
    next.refusals = times(1);
    expect(log.hasNews()).toBe(true);
    log.close();
    expect(isClosed()).toBe(true);
  });
});

describe('where they are not', () => {
  const processes = new ProcessFiles(procRoot());
  const settings = { source: 'auto', procMount: '/proc' } as const;

  it.each([
    [{ ...settings, isSingle: true }, /^one look sees none/],
    [{ ...settings, procMount: '/host/proc/1' }, /^refusals are watched in the network namespace/],
  ])('%j: it is said why, and nothing is refused', (given, reason) => {
    const log = refusalLog(given, processes, undefined);
    const { memory, notes, warnings } = log.take(reading(connections(3)));
    expect(memory).toBeUndefined();
    expect(notes.refusalsUnseen).toMatch(reason);
    expect(warnings).toEqual([]);
    expect(log.hasNews()).toBe(false);
  });
});
