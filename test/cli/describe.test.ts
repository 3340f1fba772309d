import { expect, test } from 'vitest';
import { COMMAND_NAMES } from '../../src/cli/command-table.ts';
import { describeCommands } from '../../src/cli/describe.ts';
import { SCENARIO_IDS } from '../../src/demo/story/scenario.ts';
import { SCENARIOS } from '../../src/demo/story/scenarios.ts';
import { OPTION_ENTRIES } from '../../src/cli/option-table.ts';

test('every command is described, the live view first', () => {
  const words = describeCommands().map(({ word }) => word);
  expect(words).toEqual(['', ...COMMAND_NAMES.filter((name) => name !== 'live')]);
});

test('every option is described for some command', () => {
  const flags = describeCommands().flatMap(({ options }) =>
    options.flatMap((option) => option.flags),
  );
  for (const [, entry] of OPTION_ENTRIES)
    expect(flags).toContain(/--[\w.-]+/.exec(entry.flags)?.[0]);
});

test('values are files, directories, choices or free text', () => {
  const [live, snapshot] = describeCommands();
  const valueOf = (flag: string) =>
    live?.options.find(({ flags }) => flags.includes(flag))?.value?.expected;
  expect(valueOf('--debug')).toEqual({ kind: 'file' });
  expect(valueOf('--proc')).toEqual({ kind: 'directory' });
  expect(valueOf('--source')).toEqual({ kind: 'choice', choices: ['auto', 'netlink', 'procfs'] });
  expect(valueOf('--interval')).toEqual({ kind: 'text' });
  expect(valueOf('--bell')).toBeUndefined();
  expect(
    snapshot?.options.find(({ flags }) => flags.includes('--format'))?.value?.expected,
  ).toEqual({
    kind: 'choice',
    choices: ['table', 'json', 'prometheus'],
  });
});

test('an option and its negation are both described', () => {
  const flags = describeCommands()[0]?.options.flatMap((option) => option.flags) ?? [];
  expect(flags).toEqual(expect.arrayContaining(['--color', '--no-color', '-h', '--help']));
});

test('the scenarios of the demo are offered, in the order of the list', () => {
  const demo = describeCommands().find(({ word }) => word === 'demo');
  expect(demo?.argument?.expected).toEqual({ kind: 'choice', choices: SCENARIO_IDS });
  expect(SCENARIOS.map(({ id }) => id)).toEqual(SCENARIO_IDS);
});

test('what begins an incident is offered', () => {
  const record = describeCommands().find(({ word }) => word === 'record');
  const dumpOn = record?.options.find(({ flags }) => flags.includes('--dump-on'));
  expect(dumpOn?.value?.expected).toEqual({ kind: 'choice', choices: ['critical'] });
});

test('what stands behind help is a command, and need not be there', () => {
  const help = describeCommands().find(({ word }) => word === 'help');
  expect(help?.argument).toEqual({
    name: 'command',
    expected: { kind: 'choice', choices: expect.arrayContaining(['snapshot', 'help']) },
    isOptional: true,
  });
});
