import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { AnswerError } from '../../../src/kernel/elsewhere/answer.ts';
import { ViaSampler } from '../../../src/sampling/via/via-sampler.ts';
import type { ViaWorld } from '../../../src/sampling/via/via-session.ts';
import { viaSource } from '../../../src/sampling/via/via-source.ts';
import { systemClock } from '../../../src/source/clock.ts';
import { SourceError } from '../../../src/source/source-error.ts';

/** A thread's work, in this one; its first `damaged` answers are refused. */
function parserHere(damaged = 0): NonNullable<ViaWorld['startParser']> {
  let refused = 0;
  return ({ command, mostGroups }) => {
    const sampler = new ViaSampler(command, mostGroups, undefined);
    return {
      async parse(answer) {
        if (refused++ < damaged) throw new AnswerError('an answer is damaged');
        return { ...sampler.take(answer), cpuShare: 0.01, neededMs: 0 };
      },
      async end() {},
    };
  };
}

/** A command that runs this script of sh, in which $d is a directory of its own, and what its runs have written there. */
function commandOf(script: string) {
  const directory = mkdtempSync(join(tmpdir(), 'ephtop-via-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'peer');
  writeFileSync(file, `d=${directory}; echo x >> $d/runs\n${script}\n`);
  const runs = () => readFileSync(join(directory, 'runs'), 'utf8').split('\n').length - 1;
  return { command: { text: `sh ${file}`, words: ['sh', file] as const }, runs };
}

const SETTINGS = { intervalMs: 10, cpuBudget: 1 };

/** Until its first run has ended, a shell that answers; then what the test wants. */
const FIRST_RUN = '[ $(cat $d/runs | wc -l) -gt 1 ] ||';

describe('a source of samples from elsewhere', () => {
  test('has samples of the place, with its name, pace and lag, and says what cannot be seen', async () => {
    const { command } = commandOf('exec sh');
    const world = { startParser: parserHere() };
    for await (const { place, sampling, host } of viaSource(command, SETTINGS, world).samples()) {
      expect(place.kind).toBe('via');
      expect(place.id).toMatch(/^via:sh \S+ net:\d+$/);
      expect(place.name).toBe(host.hostname);
      expect(sampling).toMatchObject({
        source: 'procfs',
        pacing: { cpuShare: 0.01, lagMs: expect.any(Number) as number },
        ownersHidden: expect.stringContaining('run ephtop there') as string,
        refusalsUnseen: expect.stringContaining('run ephtop there') as string,
      });
      break;
    }
  });

  test('asks again over the same link for what was damaged, twice, and then over a new one', async () => {
    for (const [damaged, links] of [
      [2, 1],
      [3, undefined],
    ] as const) {
      const { command, runs } = commandOf('exec sh');
      const samples = viaSource(command, SETTINGS, { startParser: parserHere(damaged) }).samples();
      const first = samples[Symbol.asyncIterator]();
      if (links === undefined)
        await expect(first.next()).rejects.toThrow(
          /^--via "sh [^"]+" is of no use, as an answer is damaged\.$/,
        );
      else expect((await first.next()).done).toBe(false);
      expect(runs()).toBe(1);
      await first.return?.();
    }
  });

  test('asks again where the first answer was cut, with exit status 0', async () => {
    const { command, runs } = commandOf(
      `${FIRST_RUN} { read -r line; n=\${line##* }; echo "@$n ready"; read -r n k; printf "@%s begin plain\\n12" $n; exit 0; }; exec sh`,
    );
    const told: unknown[] = [];
    const world = { startParser: parserHere(), onTrouble: (text: unknown) => told.push(text) };
    for await (const sample of viaSource(command, SETTINGS, world).samples()) {
      expect(sample.place.kind).toBe('via');
      break;
    }
    expect(runs()).toBe(2);
    expect(told).toEqual([undefined]);
  });

  test('tries a lost link again after growing pauses, and tells why and that it is back', async () => {
    const { command, runs } = commandOf(
      `case $(cat $d/runs | wc -l) in 1) exec sh;; [2-8]) echo "no route" >&2; exit 3;; esac; exec sh`,
    );
    const pauses: number[] = [];
    const clock: typeof systemClock = {
      ...systemClock,
      sleep(durationMs, signal) {
        if (durationMs >= 500) pauses.push(durationMs);
        return systemClock.sleep(Math.min(durationMs, 250), signal);
      },
    };
    const told: (string | undefined)[] = [];
    const onTrouble = (text: string | undefined) => told.push(text);
    const world = { startParser: parserHere(), clock, onTrouble };
    let count = 0;
    for await (const { place } of viaSource(command, SETTINGS, world).samples()) {
      expect(place.kind).toBe('via');
      if (++count === 1) killRunning();
      if (count === 2) break;
    }
    expect(runs()).toBe(9);
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    expect(told[0]).toBe('sh was ended by SIGKILL.');
    expect(new Set(told.slice(1, -1))).toEqual(new Set(['sh ended with status 3: no route.']));
    expect(told.at(-1)).toBeUndefined();

    function killRunning() {
      process.kill(
        Number(
          readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
            .trim()
            .split(' ')
            .at(-1),
        ),
        'SIGKILL',
      );
    }
  });

  test('does not give a banner of before as the reason for a silence', async () => {
    const { command } = commandOf('echo "All is logged" >&2; echo $$ > $d/pid; exec sh');
    const pid = () => Number(readFileSync(join(command.words[1], '..', 'pid'), 'utf8'));
    const told: (string | undefined)[] = [];
    const onTrouble = (text: string | undefined) => told.push(text);
    const limits = { connectMs: 5000, stallMs: 500, answerMs: 5000 };
    const world = { startParser: parserHere(), onTrouble, limits };
    let count = 0;
    for await (const _ of viaSource(command, SETTINGS, world).samples()) {
      if (++count === 1) process.kill(pid(), 'SIGSTOP');
      if (count === 2) break;
    }
    expect(told).toEqual(['sh sends no answer for 0.5 s.', undefined]);
  });

  test('that is too slow for a first answer says so, not how long it was silent at last', async () => {
    const { command } = commandOf(
      'read -r line; n=${line##* }; echo "@$n ready"; read -r n k; echo "@$n begin plain"; while sleep 0.05; do echo x; done',
    );
    // A second is a minute.
    const clock: typeof systemClock = {
      ...systemClock,
      monotonicMs: () => 60 * performance.now(),
      sleep: (durationMs, signal) => systemClock.sleep(durationMs / 60, signal),
    };
    const samples = viaSource(command, SETTINGS, { startParser: parserHere(), clock }).samples();
    await expect(samples[Symbol.asyncIterator]().next()).rejects.toThrow(
      /has sent no whole answer within 25 s: the link is too slow, or stalls\.$/,
    );
  });

  test('ends with its signal, whatever it waits for', async () => {
    const { command } = commandOf('exec sleep 100');
    const stop = new AbortController();
    const samples = viaSource(command, SETTINGS, { startParser: parserHere() }).samples(
      stop.signal,
    );
    const next = samples[Symbol.asyncIterator]().next();
    stop.abort();
    expect((await next).done).toBe(true);
  });

  test('that never works is a SourceError', async () => {
    const { command } = commandOf('exit 4');
    const samples = viaSource(command, SETTINGS, { startParser: parserHere() }).samples();
    await expect(samples[Symbol.asyncIterator]().next()).rejects.toThrow(SourceError);
  });
});
