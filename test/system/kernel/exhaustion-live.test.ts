/** Ports that run out before the eyes of somebody, who follows a suggestion. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { cleanUpAfterEach, makeDirectory } from '../../helpers/live-view.ts';
import { openTerminal } from '../../helpers/terminal.ts';
import { requireTracefs } from '../../helpers/tracefs-namespace.ts';
import type { ExhaustionPlan } from './exhaustion-plan.ts';
import { exhaustionCommand, type Exhaustion, exhaustionOf } from './exhaustion-run.ts';

beforeEach(requireTracefs);
cleanUpAfterEach();

const FOLLOWED =
  /^ *done \d+ s ago: promised (\S+)% → (\S+)%(?:, (\S+)% after a minute)?; now (\S+)%: /m;

/** What it says of the suggestion that was followed, in percent. */
function followedOf(screen: string): { atOnce: number; later: number; now: number } | undefined {
  const [, , atOnce, later = atOnce, now] = FOLLOWED.exec(screen) ?? [];
  return now === undefined
    ? undefined
    : { atOnce: Number(atOnce), later: Number(later), now: Number(now) };
}

/** Watches the live view until the documents are through, and quits. */
async function watch(
  plan: Omit<ExhaustionPlan, 'liveResultFile'>,
): Promise<{ screens: string[]; all: Exhaustion }> {
  const liveResultFile = join(makeDirectory(), 'run.json');
  const [file, args] = exhaustionCommand({ ...plan, liveResultFile });
  const terminal = openTerminal(file, args, { columns: 120, rows: 30 });
  const screens: string[] = [];
  // Tests that make thousands of refusals may be going on alone.
  await terminal.waitFor(/HEADROOM|No outgoing/, 90_000);
  const endsMs = performance.now() + plan.looks * 500;
  await terminal.waitFor((screen) => {
    screens.push(screen);
    return performance.now() > endsMs;
  }, 60_000);
  terminal.press('q');
  expect(await terminal.exited).toEqual({ code: 0, signal: undefined });
  return { screens, all: exhaustionOf(readFileSync(liveResultFile, 'utf8')) };
}

test('the screen never wavers, from the first refusal on', async () => {
  const { screens, all } = await watch({ ports: 120, perSecond: 40, looks: 26 });
  const first = screens.findIndex((screen) => screen.includes('OUT OF PORTS'));
  expect(first).toBeGreaterThanOrEqual(0);
  const pressed = screens.slice(first);
  expect(pressed.length).toBeGreaterThan(8);
  for (const screen of pressed) {
    expect(screen).toContain('OUT OF PORTS');
    expect(screen).toContain('REFUSED/S');
    expect(screen).not.toMatch(/does not get fuller|healthy|never/);
  }
  expect(all.run.refused.length).toBeGreaterThan(100);
});

test.for([
  { ports: 120, perSecond: 40, looks: 20, follows: 'enable-tw-reuse' },
  { ports: 120, perSecond: 40, looks: 20, follows: 'widen-port-range' },
])('$follows, once followed, ends the refusals, and brings what was promised', async (plan) => {
  const { screens, all } = await watch(plan);
  const { followedMs, refused, made } = all.run;
  expect(followedMs).not.toBeNull();
  expect(refused.filter((atMs) => atMs > (followedMs ?? 0))).toEqual([]);
  expect(made.filter((atMs) => atMs > (followedMs ?? 0)).length).toBeGreaterThan(100);
  const told = screens.map(followedOf).filter((each) => each !== undefined);
  expect(told.length).toBeGreaterThan(1);
  // At once, or as it is when the same load has gone on. A client that was held up makes some at once.
  const off = told.map(({ atOnce, later, now }) =>
    Math.min(Math.abs(now - atOnce), Math.abs(now - later)),
  );
  expect(
    off.toSorted((a, b) => a - b)[Math.floor(off.length / 2)],
    JSON.stringify(told),
  ).toBeLessThanOrEqual(3);
});
