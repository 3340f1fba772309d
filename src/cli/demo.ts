import { playHere } from '../demo/inside.ts';
import { playOnStage, STAGE_VARIABLE } from '../demo/outside.ts';
import type { Scenario } from '../demo/story/scenario.ts';
import { SCENARIOS } from '../demo/story/scenarios.ts';
import { SourceError } from '../source/source-error.ts';
import type { Invocation } from './invocation.ts';
import type { OptionsOf } from './option-table.ts';
import type { SamplingOptions } from './sampling-settings.ts';
import { UsageError } from './usage-error.ts';
import { hasScreen, type ViewedOptions } from './view.ts';

type DemoOptions = Omit<SamplingOptions, 'source' | 'proc' | 'via'> &
  ViewedOptions &
  OptionsOf<'demo' | 'format'>;

/** Plays a scenario for an audience, or lists all of them. Throws SourceError, and UsageError for a wrong name. */
export async function runDemo(invocation: Invocation<DemoOptions>): Promise<void> {
  const { options, isGiven, args } = invocation;
  const outside = process.env[STAGE_VARIABLE];
  delete process.env[STAGE_VARIABLE];
  const scenario = scenarioOf(args[0]);
  if (options.list) {
    process.stdout.write(options.format === 'json' ? listDocument() : listTable());
    return;
  }
  if (isGiven('format')) throw new UsageError('--format is for the list: add --list.');
  if (!hasScreen())
    throw new SourceError('the demo needs a terminal to draw on; --list says what it can play.');
  if (outside === undefined) return playOnStage();
  const watched = { ...options, source: 'auto', proc: '/proc' } as const;
  await playHere({ ...invocation, options: watched }, scenario, options.seed, outside);
}

function scenarioOf(id: string | undefined): Scenario {
  const found = id === undefined ? SCENARIOS[0] : SCENARIOS.find((each) => each.id === id);
  if (found !== undefined) return found;
  const known = SCENARIOS.map((each) => each.id).join(', ');
  throw new UsageError(`there is no scenario "${id}"; there are ${known}.`);
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
