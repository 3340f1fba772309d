import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { nodePath } from '../helpers/namespace.ts';

const MODULE = fileURLToPath(new URL('../../src/source/end-in-time.ts', import.meta.url));

/** Runs this where a process is to end within 60 ms with status 3. */
async function ended(body: string) {
  const source = `import { endInTime } from ${JSON.stringify(MODULE)};
    const callOff = endInTime(60, 'too late', 3);
    ${body}`;
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', source];
  const child = spawn(nodePath(), args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const stopped = setInterval(() => child.kill('SIGCONT'), 400);
  try {
    const [stdout, [status]] = await Promise.all([text(child.stdout), closed]);
    return { stdout, status };
  } finally {
    clearInterval(stopped);
  }
}

test('a process that cannot run JavaScript says its line, and ends', async () => {
  expect(await ended('for (;;);')).toEqual({ stdout: 'too late\n', status: 3 });
});

test('the line comes before the end, also if a process is stopped beyond its time', async () => {
  const all = await Promise.all(
    Array.from({ length: 12 }, () => ended("process.kill(process.pid, 'SIGSTOP'); for (;;);")),
  );
  expect(all).toEqual(all.map(() => ({ stdout: 'too late\n', status: 3 })));
});

test('nothing is said once it is called off', async () => {
  const body = 'callOff(); setTimeout(() => process.exit(0), 200);';
  expect(await ended(body)).toEqual({ stdout: '', status: 0 });
});
