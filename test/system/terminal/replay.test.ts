import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  BRIEF_RUN,
  LAUNCHER,
  makeDirectory,
  cleanUpAfterEach,
  TABLE_TITLE,
  TERMINAL_AS_IT_WAS,
} from '../../helpers/live-view.ts';
import { packMember } from '../../../src/recording/format.ts';
import { recordingOfSamples } from '../../helpers/recordings.ts';
import { connections, sampleOfSockets } from '../../helpers/sockets.ts';
import { openTerminal, type TerminalOptions } from '../../helpers/terminal.ts';

cleanUpAfterEach();

const NOON = new Date(2026, 10, 21, 12).getTime();
const CHANGES = { isKeyframe: false, firstAtMs: NOON, lastAtMs: NOON + 1000 };

/** One sample a second, in each of which one more of 100 ports is in use than in the last; 0 of them at noon. */
function hundredSeconds(): Buffer {
  return recordingOfSamples(
    Array.from({ length: 100 }, (_, second) =>
      sampleOfSockets(connections(second), {
        takenAtMs: NOON + 1000 * second,
        source: 'netlink',
        counters: { activeOpens: second },
      }),
    ),
  );
}

function startReplay(bytes: Buffer, args: readonly string[] = [], options: TerminalOptions = {}) {
  const file = join(makeDirectory(), 'incident.eph.gz');
  writeFileSync(file, bytes);
  const command = [...BRIEF_RUN, LAUNCHER, 'replay', file, ...args];
  return openTerminal(process.execPath, command, { columns: 80, rows: 24, ...options });
}

/** How the mark tells this second. */
function at(second: number): string {
  const place = `${Math.floor(second / 60)}:${String(second % 60).padStart(2, '0')}`;
  return `12:0${place}, ${place} of 1:39`;
}

test('plays, pauses, and goes through all of a recording', async () => {
  const terminal = startReplay(hundredSeconds());
  const first = await terminal.waitFor(/^ ▶ REPLAY proxy-7, 2026-11-21 12:00:0\d, 0:0\d of 1:39/m);
  expect(first).toMatch(/^ ephtop {2}proxy-7 .* replay of netlink/m);
  await terminal.waitFor(/0:0[2-9] of 1:39/);
  terminal.press('space');
  await terminal.waitFor('‖ PAUSED');
  terminal.press(']');
  await terminal.waitFor(/0:3[2-9] of 1:39/);
  terminal.press('L');
  const end = await terminal.waitFor(`■ END proxy-7, 2026-11-21 ${at(99)}`);
  expect(end).toMatch(/10\.0\.9\.21:8080 .* 1\.0%/);
  // What the rates are told from was read as well.
  expect(end).toMatch(/10\.0\.9\.21:8080 runs out of ports in 1 s/);
  terminal.press('left', 'left');
  expect(await terminal.waitFor(`‖ PAUSED proxy-7, 2026-11-21 ${at(97)}`)).toMatch(/ 3\.0%/);
  terminal.press('right');
  await terminal.waitFor(at(98));
  terminal.press('[', '[');
  expect(await terminal.waitFor(at(38))).toMatch(/10\.0\.9\.21:8080 .* 62\.0%/);
  terminal.press('{', '{', '{', '{', '{');
  await terminal.waitFor(at(0));
  terminal.press('q');
  expect((await terminal.exited).code).toBe(0);
  expect(terminal.state()).toEqual(TERMINAL_AS_IT_WAS);
});

test('n and N go to turning points, which the time line marks', async () => {
  const terminal = startReplay(hundredSeconds(), [], { columns: 100 });
  // Looked through while it plays: from 75 and from 90 ports on, or as soon as that is foreseen.
  const line = await terminal.waitFor(/^ 0:00 .*W.*C.* 1:39 +$/m);
  expect(line).not.toContain('looked through');
  terminal.press('n');
  await terminal.waitFor(/first warning: 10\.0\.3\.7 → 10\.0\.9\.21:8080/);
  await terminal.waitFor('‖ PAUSED');
  terminal.press('n');
  await terminal.waitFor(/^ critical: 10\.0\.3\.7/m);
  terminal.press('N');
  await terminal.waitFor(/^ first warning: /m);
  terminal.press('N');
  await terminal.waitFor('No earlier turning point');
  terminal.press('q');
  expect((await terminal.exited).code).toBe(0);
});

test('plays faster, and stays at the end until space begins again', async () => {
  const terminal = startReplay(hundredSeconds());
  await terminal.waitFor('▶ REPLAY');
  terminal.press('++++++');
  await terminal.waitFor('×64');
  await terminal.waitFor('■ END');
  terminal.press('------');
  await terminal.waitFor((screen) => screen.includes('■ END') && !screen.includes('×'));
  terminal.press('space');
  await terminal.waitFor(/▶ REPLAY .* 0:0\d of 1:39/);
});

test('knows filters, themes and panels, and that it is a recording already', async () => {
  const terminal = startReplay(hundredSeconds(), ['--filter', 'used>1000'], { columns: 120 });
  await terminal.waitFor('No group matches the filter');
  terminal.press('escape');
  await terminal.waitFor(/^▸. 10\.0\.3\.7 → 10\.0\.9\.21:8080 /m);
  terminal.press('L');
  await terminal.waitFor(/^▸. 10\.0\.3\.7 → 10\.0\.9\.21:8080 .* 1\.0%/m);
  terminal.press('r');
  await terminal.waitFor('This is already a recording');
  terminal.press('a');
  await terminal.waitFor('SUGGESTIONS');
  terminal.press('w');
  await terminal.waitFor('WHAT IF');
});

test('of a damaged recording, the rest is shown, and the damage is told', async () => {
  const bytes = hundredSeconds();
  const middle = bytes.length >> 1;
  // More than one piece of it.
  const damaged = Buffer.from(bytes).fill(0, middle, middle + Math.floor(bytes.length / 20));
  const terminal = startReplay(damaged, [], { columns: 160 });
  await terminal.waitFor(/incident\.eph\.gz is damaged from byte \d+ to \d+; the rest is shown/);
  await terminal.waitFor(TABLE_TITLE);
  terminal.press('L');
  expect(await terminal.waitFor('■ END')).toMatch(/10\.0\.9\.21:8080 .* 1\.0%/);
});

test.each<[what: string, told: 'at once' | 'when read', member: (index: number) => Buffer]>([
  [
    'ever new keys',
    'when read',
    (index) => packMember([`{"+":{"key${index}":"${'x'.repeat(15.9e6)}"}}`], CHANGES),
  ],
  [
    'too many empty changes',
    'at once',
    () => packMember(Array<string>(60_000).fill('{"+":{}}'), CHANGES),
  ],
])(
  'a hostile recording of %s: keys are answered, and what came before is shown',
  async (_, told, member) => {
    const start = recordingOfSamples([sampleOfSockets(connections(7), { takenAtMs: NOON })]);
    const hostile = Array.from({ length: 12 }, (_each, index) => member(index));
    const terminal = startReplay(Buffer.concat([start, ...hostile]), [], { columns: 160 });
    await terminal.waitFor(TABLE_TITLE);
    const damage = /is damaged from byte \d+ on; what was recorded before/;
    if (told === 'at once') await terminal.waitFor(damage);
    terminal.press('L');
    if (told === 'when read') await terminal.waitFor(damage);
    await terminal.waitFor('■ END');
    expect(terminal.screen()).toMatch(/10\.0\.9\.21:8080 .* 93\.0%/);
    terminal.press('a');
    await terminal.waitFor('SUGGESTIONS');
    terminal.press('q');
    expect((await terminal.exited).code).toBe(0);
    expect(terminal.state()).toEqual(TERMINAL_AS_IT_WAS);
  },
);

test('at 40x10 the mark is there, and the worst group', async () => {
  const terminal = startReplay(hundredSeconds(), [], { columns: 40, rows: 10 });
  await terminal.waitFor(/^ ▶ REPLAY (proxy-7, )?12:00:0\d, 0:0\d of 1:39/m);
  await terminal.waitFor(/^▸. .*10\.0\.9\.21:8080 +9\d\.\d%/m);
});
