/**
 * Fuzzes the parsers of scripts/fuzz/parsers.ts, guided by the coverage of src/:
 * `npm run fuzz -- [--parser NAME] [--minutes N | --executions N] [--seed S]`.
 *
 * A number of executions gives the same inputs each time, minutes do not. An input that a parser does not take well is kept in
 * test/fixtures/fuzz/NAME/, where a test replays it from then on; the exit status is then 1.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz/loop.ts';
import type { FuzzedParser } from './fuzz/parser.ts';
import { PARSERS } from './fuzz/parsers.ts';

const FIXTURES = join(import.meta.dirname, '../test/fixtures/fuzz');

const { values } = parseArgs({
  options: {
    parser: { type: 'string' },
    minutes: { type: 'string' },
    executions: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
  },
});

/** For each parser as many executions, or an equal part of the time. */
function endOf(parsers: number): (executions: number) => boolean {
  if (values.minutes === undefined) return (executions) => executions >= Number(values.executions);
  const end = performance.now() + (Number(values.minutes) * 60_000) / parsers;
  return () => performance.now() >= end;
}

function keep({ name }: FuzzedParser, input: Buffer): string {
  const directory = join(FIXTURES, name);
  mkdirSync(directory, { recursive: true });
  const path = join(directory, createHash('sha1').update(input).digest('hex').slice(0, 12));
  writeFileSync(path, input);
  return path;
}

const chosen = PARSERS.filter(({ name }) => values.parser === undefined || name === values.parser);
if (chosen.length === 0)
  throw new Error(`no parser of this name: ${PARSERS.map(({ name }) => name).join(', ')}`);
for (const parser of chosen) {
  const { executions, features, corpus, findings } = fuzz(
    parser,
    Number(values.seed),
    endOf(chosen.length),
  );
  console.log(
    `${parser.name}: ${executions} executions, ${features} features, ${corpus.length} inputs`,
  );
  for (const { input, problem } of findings) {
    process.exitCode = 1;
    console.log(`  ${problem}\n  kept in ${keep(parser, input)}`);
  }
}
