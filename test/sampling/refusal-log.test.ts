import { describe, expect, it } from 'vitest';
import type { NamedRefusal } from '../../src/model/sample/refusal-memory.ts';
import { classify } from '../../src/model/sample/classify.ts';
import { measure } from '../../src/model/sample/measure.ts';
import type { FedRefusals } from '../../src/sampling/refusal-feed.ts';
import { logOf, refusalLog } from '../../src/sampling/refusal-log.ts';
import { procRoot } from '../../src/source/proc-root.ts';
import { ProcessFiles } from '../../src/source/process-files.ts';
import { connections, reading, SMALL_RANGE } from '../helpers/sockets.ts';

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
/** What is fed, and how many were of other namespaces. Each has the same share of the lost. */
type Fed = Partial<FedRefusals> & { readonly elsewhere?: number };

function logging() {
  const next: { -readonly [Key in keyof FedRefusals]: FedRefusals[Key] } = {
    refusals: [],
    unattributed: [],
    lost: 0,
  };
  let isClosed = false;
  const log = logOf({
    hasNews: () => next.refusals.length > 0,
    take: () => ({ ...next }),
    close: () => void (isClosed = true),
  });
  /** Looks after so many seconds, at so many ports in use; what each group was refused, by the port of its destination. */
  const look = (
    seconds: number,
    { elsewhere = 0, lost = 0, refusals = [], unattributed = [] }: Fed,
    { used = 3, reserved = '' }: { used?: number; reserved?: string } = {},
  ) => {
    const lostBeside = lost / (refusals.length + unattributed.length + elsewhere);
    const shared = (fed: readonly NamedRefusal[]) => fed.map((each) => ({ ...each, lostBeside }));
    Object.assign(next, { refusals: shared(refusals), unattributed: shared(unattributed), lost });
    const now = reading(connections(used), {
      takenAtMs: NOON + 1000 * seconds,
      sysctls: { ...SMALL_RANGE, 'net.ipv4.ip_local_reserved_ports': reserved },
    });
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

  it('what was lost is shared by the others’ shares, and a warning says so', () => {
    const { look } = logging();
    const refusals = [...times(30), ...times(10, { remotePort: 9999 })];
    expect(look(0, { refusals, lost: 400 })).toMatchObject({
      totals: { 8080: 330, 9999: 110 },
      warnings: [expect.stringMatching(/^About 400 refused connections more came between two/)],
    });
    expect(look(1, { refusals: times(1) })).toMatchObject({
      totals: { 8080: 331 },
      warnings: [],
    });
  });

  it.each<[string, Fed, number]>([
    ['half of it', { refusals: times(20), elsewhere: 20 }, 200],
    [
      'what cannot be told counts with the others',
      { refusals: times(20), unattributed: times(60) },
      100,
    ],
    ['all of it', { refusals: times(20) }, 400],
    ['none of it', { elsewhere: 20 }, 0],
    ['none of which nothing is known', {}, 0],
  ])('of what the machine lost, %s is ours', (_, fed, lost) => {
    const { totals, warnings } = logging().look(0, { ...fed, lost: 400 });
    expect(totals).toEqual({ 8080: (fed.refusals?.length ?? 0) + lost });
    expect(warnings).toEqual(lost === 0 ? [] : [expect.stringContaining(`About ${lost} `)]);
  });

  it('takes in what comes between two looks far apart, and tells it in the second', () => {
    const { log, look, next } = logging();
    look(0, {});
    for (const seconds of [10, 20, 30]) {
      next.refusals = times(2, seconds === 20 ? { lostBeside: 3 } : {});
      log.drain(NOON + 1000 * seconds);
    }
    const { totals, warnings } = look(120, { refusals: times(1) });
    expect(totals).toEqual({ 8080: 13 });
    expect(warnings).toEqual([expect.stringContaining('About 6 ')]);
    expect(look(121, {}).warnings).toEqual([]);
  });

  it('does not know whose they are before the first look', () => {
    const { log, look, next } = logging();
    next.refusals = times(2);
    log.drain(NOON);
    expect(look(1, { refusals: times(2) }).totals).toEqual({ 8080: 2 });
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

describe('refusals of an unknown namespace', () => {
  const unattributed = times(4);

  it('are nobody’s before there was a look', () => {
    expect(logging().look(0, { unattributed }, { used: 95 }).totals).toEqual({ 8080: 0 });
  });

  it.each([
    [3, 0],
    [90, 0],
    [91, 4],
    [100, 4],
  ])('are those of a group with %i of 100 ports in use: %i of 4', (used, ours) => {
    const { look } = logging();
    look(0, {}, { used });
    expect(look(1, { unattributed }, { used }).totals).toEqual({ 8080: ours });
  });

  it('are not those of another destination', () => {
    const { look } = logging();
    look(0, {}, { used: 95 });
    const others = [...times(3), ...times(8, { remotePort: 9999 })];
    expect(look(1, { unattributed: others }, { used: 95 }).totals).toEqual({ 8080: 3 });
  });

  it('are those of a group that was refused lately, for a minute', () => {
    const { look } = logging();
    look(0, { refusals: times(1, { remotePort: 9999 }) });
    const others = times(8, { remotePort: 9999 });
    expect(look(1, { unattributed: others }).totals).toMatchObject({ 9999: 9 });
    look(61.1, {});
    expect(look(62, { unattributed: others }).totals).toEqual({ 8080: 0 });
  });

  it('are ours where no port can be had at all, wherever they went', () => {
    const { look } = logging();
    const reserved = '40000-40099';
    look(0, {}, { reserved });
    const others = times(8, { remotePort: 9999 });
    expect(look(1, { unattributed: others }, { reserved }).totals).toMatchObject({ 9999: 8 });
    const nearly = logging().look;
    nearly(0, {}, { used: 1, reserved: '40001-40099' });
    expect(
      nearly(1, { unattributed: others }, { used: 1, reserved: '40001-40099' }).totals,
    ).toEqual({ 8080: 0 });
  });
});

describe('where they are not', () => {
  const processes = new ProcessFiles(procRoot());
  const settings = { source: 'auto', procMount: '/proc' } as const;

  it.each([
    [{ ...settings, isSingle: true }, /^refusals are counted between two looks, /],
    [{ ...settings, elsewhere: 'they are elsewhere.' }, /^they are elsewhere\.$/],
  ])('%j: it is said why, and nothing is refused', (given, reason) => {
    const log = refusalLog(given, processes, undefined);
    const { memory, notes, warnings } = log.take(reading(connections(3)));
    expect(memory).toBeUndefined();
    expect(notes.refusalsUnseen).toMatch(reason);
    expect(warnings).toEqual([]);
    expect(log.hasNews()).toBe(false);
  });
});
