/** The whole program as one file of JavaScript, with its threads inside. */
import { join } from 'node:path';

import { build, type InputOptions, type Plugin } from 'rolldown';

import { inputOptions, OUTPUT, PARTS, ROOT } from '../bundle.ts';
import type { ThreadName } from '../../src/source/embedded.ts';

const EMBEDDED = join(ROOT, 'src/source/embedded.ts');
const THREADS = ['worker', 'via-worker', 'exporter-worker'] as const satisfies ThreadName[];

/** A file has no launcher before it: Node 20 can read it, and is told here that it is too old. */
const BANNER = `#!/usr/bin/env node
{
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 12)) {
    const sentence = 'ephtop.mjs needs Node 22.12 or newer; this is Node ' + process.versions.node + '. The executable ephtop-linux-' + process.arch + ' needs none.';
    const isCheck = process.argv.includes('check');
    if (isCheck) process.stdout.write('EPHTOP UNKNOWN: ' + sentence + '\\n');
    process.stderr.write(sentence + '\\n');
    process.exit(isCheck ? 3 : 2);
  }
}`;

/** Puts the code of the threads into the program. */
function embed(threads: Readonly<Record<string, string>>): Plugin {
  return {
    name: 'embedded-threads',
    load: (id) =>
      id === EMBEDDED ? `export const THREADS = ${JSON.stringify(threads)};` : undefined,
  };
}

async function bundle(options: InputOptions, banner = ''): Promise<string> {
  const { output } = await build({
    ...options,
    // Else each module is compiled at start, used or not.
    optimization: { pifeForModuleWrappers: false },
    output: {
      format: OUTPUT.format,
      minify: OUTPUT.minify,
      comments: OUTPUT.comments,
      banner,
      codeSplitting: false,
    },
    write: false,
  });
  return inAscii(output[0].code);
}

/**
 * The code with escapes for all that is not ASCII, which stands in strings and patterns only: V8 keeps a text with one wider
 * character in twice the memory.
 */
function inAscii(code: string): string {
  return code.replaceAll(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Builds it. */
export async function singleFile(version: string): Promise<string> {
  const options = inputOptions(version);
  const threads = await Promise.all(
    THREADS.map(async (name) => [name, await bundle({ ...options, input: PARTS[name] })] as const),
  );
  const plugins = [...options.plugins, embed(Object.fromEntries(threads))];
  return bundle({ ...options, input: 'src/single-file.ts', plugins }, BANNER);
}
