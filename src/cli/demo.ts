import { playHere } from '../demo/inside.ts';
import { playOnStage, STAGE_VARIABLE } from '../demo/outside.ts';
import { SCENARIO_IDS } from '../demo/story/scenario.ts';
import { SCENARIOS } from '../demo/story/scenarios.ts';
import { SourceError } from '../source/source-error.ts';
import type { Invocation } from './invocation.ts';
import type { OptionsOf } from './option-table.ts';
import { requireUse } from './option-use.ts';
import type { SamplingOptions } from './sampling-settings.ts';
import { hasScreen } from './early-thread.ts';
import { type ViewedOptions } from './view.ts';

type DemoOptions = Omit<
  SamplingOptions,
  'source' | 'proc' | 'via' | 'pid' | 'netns' | 'allNamespaces'
> &
  ViewedOptions &
  OptionsOf<'demo' | 'format'>;

/** Plays a scenario for an audience, or lists all of them. Throws SourceError and UsageError. */
export async function runDemo(invocation: Invocation<DemoOptions>): Promise<void> {
  const { options, args } = invocation;
  requireUse('demo', invocation);
  const outside = process.env[STAGE_VARIABLE];
  delete process.env[STAGE_VARIABLE];
  if (options.list) {
    process.stdout.write(options.format === 'json' ? listDocument() : listTable());
    return;
  }
  if (!hasScreen())
    throw new SourceError('the demo needs a terminal to draw on; --list says what it can play.');
  if (outside === undefined) return playOnStage();
  const [id = SCENARIO_IDS[0]] = args;
  // The command table offers no others.
  const scenario = SCENARIOS.find((each) => each.id === id);
  if (scenario === undefined) throw new RangeError(`no scenario ${id}`);
  const watched = { ...options, source: 'auto', proc: '/proc', allNamespaces: false } as const;
  await playHere({ ...invocation, options: watched }, scenario, options.seed, outside);
}

/** A line for each: the word for the command line, the length, and what it is about. */
function listTable(): string {
  const width = Math.max(...SCENARIOS.map(({ id }) => id.length));
  return SCENARIOS.map(
    ({ id, lengthS, about }) => `${id.padEnd(width)}  ${String(lengthS).padStart(3)}s  ${about}\n`,
  ).join('');
}

function listDocument(): string {
  const scenarios = SCENARIOS.map(({ id, title, about, lengthS }) => ({
    id,
    title,
    about,
    seconds: lengthS,
  }));
  return `${JSON.stringify({ schema: 'ephtop.demo/1', scenarios }, undefined, 2)}\n`;
}
