import { expect } from 'vitest';
import { withoutTimes } from './live-view.ts';
import type { KeyName } from './terminal-keys.ts';
import type { Terminal } from './terminal.ts';

/** One of the screens that the live view has, and how it is come to from the groups; Esc leads back. */
export type Screen = {
  readonly name: string;
  readonly keys: readonly (KeyName | (string & {}))[];
  /** Stands on it at any size from 30x6 on, in ASCII as well. */
  readonly shows: RegExp;
};

/** Every screen of the live view, of a machine whose fullest group is 10.0.3.7 → 10.0.9.21:8080. */
export const SCREENS: readonly Screen[] = [
  { name: 'groups', keys: [], shows: /HEADROOM/ },
  { name: 'detail', keys: ['enter'], shows: /^ 10\.0\.3\.7 (?:→|->) 10\.0\.9\.21:8080(?: |$)/m },
  { name: 'sysctl', keys: ['s'], shows: /[│|] +sysctl / },
  { name: 'advice', keys: ['a'], shows: /^ SUGGESTIONS/m },
  { name: 'what-if', keys: ['w'], shows: /^ WHAT IF: nothing/m },
  { name: 'help', keys: ['?'], shows: /^ (?:↑|up) k /m },
  { name: 'filter', keys: ['/', '10.'], shows: /^ \/ 10\./m },
];

/** Goes from the groups to a screen, and resolves with it. */
export function goTo(terminal: Terminal, { keys, shows }: Screen): Promise<string> {
  terminal.press(...keys);
  return terminal.waitFor(shows);
}

/** Goes back to the groups. */
export async function goBack(terminal: Terminal, { keys, shows }: Screen): Promise<void> {
  if (keys.length === 0) return;
  terminal.press('escape');
  await terminal.waitFor((screen) => !shows.test(screen) && /HEADROOM/.test(screen));
}

/** Resolves when the screen is the expected one but for what `withoutTimes` leaves out; fails with the difference. */
export async function expectScreen(terminal: Terminal, expected: string): Promise<void> {
  const wanted = withoutTimes(expected);
  await terminal.waitFor((screen) => withoutTimes(screen) === wanted, 20_000).catch(() => {});
  expect(withoutTimes(terminal.screen())).toBe(wanted);
  expect(foldedLines(terminal)).toEqual([]);
}

/** Lines that the terminal had to fold. */
export function foldedLines({ emulator }: Terminal): string[] {
  const { active } = emulator.buffer;
  return Array.from({ length: emulator.rows }, (_, y) => active.getLine(active.baseY + y))
    .filter((line) => line?.isWrapped)
    .map((line) => line?.translateToString() ?? '');
}
