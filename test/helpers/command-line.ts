import type {
  DescribedCommand,
  DescribedOption,
} from '../../src/outputs/completion/command-line.ts';

const VERSION: DescribedOption = { flags: ['-V', '--version'], description: 'print the version' };

/** A small command line, with a value of each kind and characters that are special somewhere. */
export const SMALL_COMMAND_LINE: readonly DescribedCommand[] = [
  {
    word: '',
    description: "The operator's view.",
    options: [
      {
        flags: ['--source'],
        description: 'where [from]: "auto" isn\'t \\ $(touch x) `y`',
        value: { name: '<source>', expected: { kind: 'choice', choices: ['auto', 'netlink'] } },
        preset: 'auto',
      },
      {
        flags: ['--proc'],
        description: 'where procfs is',
        value: { name: '<directory>', expected: { kind: 'directory' } },
      },
      VERSION,
    ],
  },
  {
    word: 'record',
    description: 'Record: an incident.',
    options: [
      {
        flags: ['-o', '--output'],
        description: '.where to write',
        value: { name: '<file>', expected: { kind: 'file' } },
      },
      {
        flags: ['--duration'],
        description: 'how long',
        value: { name: '<duration>', expected: { kind: 'text' } },
      },
      {
        flags: ['--size'],
        description: 'how large',
        value: { name: '<columns>x<rows>', expected: { kind: 'text' } },
      },
      VERSION,
    ],
  },
  {
    word: 'replay',
    description: 'Play it.',
    argument: { name: 'file', expected: { kind: 'file' } },
    options: [VERSION],
  },
  {
    word: 'reshow',
    description: 'Choose one.',
    argument: {
      name: 'shell',
      expected: { kind: 'choice', choices: ['bash', 'zsh'] },
      isOptional: true,
    },
    options: [VERSION],
  },
];
