import { expect, test } from 'vitest';
import type { CommandName } from '../../src/cli/command-table.ts';
import type { OptionName } from '../../src/cli/option-table.ts';
import { requireUse } from '../../src/cli/option-use.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { readLine } from '../helpers/read-line.ts';

/** Reads a command line, and looks whether its options go together. */
async function use(line: string): Promise<void> {
  const { name, options, invocation, stderr } = await readLine(...line.split(' '));
  expect(stderr).toBe('');
  const isGiven = (option: OptionName) => invocation?.isGiven(option) === true;
  requireUse(name as CommandName, { options, isGiven });
}

test.for([
  ['snapshot --max-groups 3', '--max-groups is for --format prometheus.'],
  ['snapshot --format json --max-groups 3', '--max-groups is for --format prometheus.'],
  ['snapshot --format prometheus -n 1', '--format prometheus prints one sample, without --count.'],
  [
    'snapshot --format prometheus -s eta',
    '--format prometheus has the fullest groups first, without --sort.',
  ],
  ['replay x --format json --theme mono', '--theme is for the view: leave --format out.'],
  ['replay x --format table --no-mouse', '--no-mouse is for the view: leave --format out.'],
  [
    'replay x --format json --screen-reader',
    '--screen-reader is for the view: leave --format out.',
  ],
  ['replay x --format json --bell', '--bell is for the view: leave --format out.'],
  ['replay x --format json --no-config', '--no-config is for the view: leave --format out.'],
  ['replay x --cast y --bell', '--bell is for the view: leave --cast out.'],
  ['replay x --cast y --no-mouse', '--no-mouse is for the view: leave --cast out.'],
  ['replay x --cast y --format json', '--cast has a format of its own: leave --format out.'],
  ['replay x --size 80x24', '--size is for --cast.'],
  ['replay x --format json --speed 2', '--speed is for --cast.'],
  ['demo --format json', '--format is for the list: add --list.'],
  ['demo --list --interval 1s', '--interval is for playing: leave --list out.'],
  ['demo --list --seed 2', '--seed is for playing: leave --list out.'],
  ['demo --list --filter ok', '--filter is for playing: leave --list out.'],
  ['demo --list --format json --theme mono', '--theme is for playing: leave --list out.'],
] as const)('%s is refused: %s', async ([line, sentence]) => {
  await expect(use(line)).rejects.toThrow(new UsageError(sentence));
});

test.for([
  'snapshot --format prometheus --max-groups 3 --filter ok',
  'snapshot --count 1 --interval 1s',
  'snapshot --format json --no-color --ascii',
  'snapshot --format json --sort eta --count 3',
  'replay x --theme mono --no-mouse --bell --no-config',
  'replay x --format json --filter ok --sort eta --no-color --debug y',
  'replay x --cast y --theme mono --size 80x24 --speed 2 --filter ok --sort eta --color 16',
  'demo burst --seed 2 --interval 1s --theme mono',
  'demo --list --format json --no-color --ascii --debug y',
])('%s is not refused', async (line) => {
  await expect(use(line)).resolves.toBeUndefined();
});
