import { ok } from 'node:assert/strict';
import { CommanderError } from 'commander';
import { findCommand } from '../../src/cli/command-word.ts';
import { createProgram } from '../../src/cli/program.ts';
import { printable } from '../../src/kernel/foreign-text.ts';

// The bundler's constant.
Object.assign(globalThis, { EPHTOP_VERSION: '0.0.0' });

/** Reads a command line, a word a line: it runs its command, or says in one line why not. */
export function commandLine(text: string): void {
  const { name, words } = findCommand(text.split('\n'));
  let hasRun = false;
  let said = '';
  const program = createProgram(name, async () => {
    hasRun = true;
  });
  for (const each of [program, ...program.commands])
    each.configureOutput({ writeErr: (line) => (said += line), writeOut: () => {} });
  try {
    program.parse(words, { from: 'user' });
    ok(hasRun && said === '');
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return;
    ok(/^ephtop: [^\n]+\n$/.test(said) && printable(said.trimEnd()) === said.trimEnd(), said);
  }
}
