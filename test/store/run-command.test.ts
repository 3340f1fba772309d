import { expect, test } from 'vitest';
import type { Action } from '../../src/store/actions.ts';
import type { Command } from '../../src/store/commands.ts';
import { type Effects, runCommand } from '../../src/store/run-command.ts';

const SETTINGS = { theme: 'mono', sort: 'eta', inverted: false, intervalMs: 250 } as const;
const REQUEST = { playing: false, speed: 2, goal: { sample: 3 } };
const RECORDING: Action = { type: 'recording', file: 'a.eph.gz' };

/** What a command does to the world, and what it reports. */
function run(command: Command, others: Effects = {}) {
  const done: unknown[] = [];
  const reported: Action[] = [];
  const effects: Effects = {
    copyText: (text) => done.push(['copy', text]),
    saveSettings: (settings) => {
      done.push(['save', settings]);
      return 'Kept.';
    },
    suspend: () => done.push('suspend'),
    quit: () => done.push('quit'),
    recorder: {
      start: (tell) => {
        done.push('start');
        tell(RECORDING);
      },
      stop: () => {
        done.push('stop');
        return 'Recorded 12 samples';
      },
      bytes: () => 0,
    },
    setInterval: (intervalMs) => done.push(['interval', intervalMs]),
    play: (request) => done.push(['play', request]),
    ...others,
  };
  runCommand(command, effects, (action) => reported.push(action));
  return { done, reported };
}

test.for<[command: Command, done: unknown, reported: Action[]]>([
  [{ type: 'copy', lines: ['a', 'b'] }, [['copy', 'a\nb']], [{ type: 'copied', lines: 2 }]],
  [{ type: 'copy', lines: [] }, [], [{ type: 'copied', lines: 0 }]],
  [
    { type: 'save-settings', settings: SETTINGS },
    [['save', SETTINGS]],
    [{ type: 'notice', text: 'Kept.' }],
  ],
  [{ type: 'suspend' }, ['suspend'], []],
  [{ type: 'quit' }, ['quit'], []],
  [{ type: 'start-recording' }, ['start'], [RECORDING]],
  [{ type: 'stop-recording' }, ['stop'], [{ type: 'notice', text: 'Recorded 12 samples' }]],
  [{ type: 'set-interval', intervalMs: 500 }, [['interval', 500]], []],
  [{ type: 'play', request: REQUEST }, [['play', REQUEST]], []],
])('%j is done, and reported', ([command, done, reported]) => {
  expect(run(command)).toEqual({ done, reported });
});

test('without a place for settings that is said', () => {
  expect(run({ type: 'save-settings', settings: SETTINGS }, { saveSettings: undefined })).toEqual({
    done: [],
    reported: [{ type: 'notice', text: 'There is nowhere to save settings.' }],
  });
});

test('a recording that has ended by itself is not said to have stopped', () => {
  const recorder = { start: () => {}, stop: () => undefined, bytes: () => 0 };
  expect(run({ type: 'stop-recording' }, { recorder }).reported).toEqual([]);
});
