import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LAST_ANSWERS_MS, onlyIpv4 } from '../../src/cli/exporter.ts';
import { hangingRead } from '../helpers/hanging-read.ts';
import { nodePath } from '../helpers/namespace.ts';

const HANGING = fileURLToPath(new URL('../helpers/hanging-exporter.ts', import.meta.url));

/** A sampling thread that answers after a while. */
const answersAfter = (ms: number) => `const { parentPort } = require('node:worker_threads');
  parentPort.on('message', () =>
    setTimeout(() => parentPort.postMessage({ kind: 'answer', answer: 'a_metric 1' }), ${ms}));`;

/** An exporter whose sampling thread does this instead; and the lines that it says. */
function exporterWith(body: string, ...nodeOptions: readonly string[]) {
  const args = ['--disable-warning=ExperimentalWarning', ...nodeOptions, HANGING, body];
  const child: ChildProcess = spawn(nodePath(), args, { stdio: ['ignore', 'inherit', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stderr ?? process.stdin })[Symbol.asyncIterator]();
  const line = async () => String((await lines.next()).value);
  return { child, line, exit: once(child, 'exit') };
}

/** Makes a Node as able as 22.12. */
const OLDER = `delete process.execve;
  const { getBuiltinModule } = process;
  process.getBuiltinModule = (id) => (id === 'node:ffi' ? undefined : getBuiltinModule(id));`;

test('an exporter ends with status 0 at SIGTERM, on a Node without node:ffi and execve too', async () => {
  const preload = `data:text/javascript,${encodeURIComponent(OLDER)}`;
  const { child, line, exit } = exporterWith(answersAfter(0), '--import', preload);
  expect(await line()).toMatch(/^ephtop: metrics at /);
  child.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
});

describe('an exporter whose first reading of the kernel hangs', () => {
  test('listens, answers 503, says why, and ends within 2 s of SIGTERM', async () => {
    const { child, line, exit } = exporterWith(hangingRead());
    const url =
      /^ephtop: no metrics yet at (http:\S+)\/metrics: the first reading of the kernel has not come to an end\.$/.exec(
        await line(),
      )?.[1];
    const health = await fetch(`${url}/healthz`);
    expect(health.status).toBe(503);
    expect(await health.text()).toBe('The first reading of the kernel has not come to an end.\n');
    expect((await fetch(`${url}/metrics`)).status).toBe(503);
    expect((await fetch(`${url}/`)).status).toBe(200);
    // One that is being answered.
    const pending = fetch(`${url}/metrics`).catch(() => undefined);
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    // For the answers, and for the thread. A stopwatch would measure how busy the machine is.
    expect(2 * LAST_ANSWERS_MS).toBeLessThan(2000);
    await pending;
  });

  test('says where the metrics are when it ends', async () => {
    const { line } = exporterWith(answersAfter(6000));
    expect(await line()).toMatch(/^ephtop: no metrics yet at /);
    const url = /^ephtop: metrics at (http:\S+)\/metrics$/.exec(await line())?.[1];
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  test('ends when it fails after all', async () => {
    const { line, exit } = exporterWith(
      'setTimeout(() => { throw new Error("the mount is gone"); }, 7000);',
    );
    expect(await line()).toMatch(/^ephtop: no metrics yet at /);
    expect(await exit).toEqual([1, null]);
  });
});

test('an exporter whose first reading fails ends at once', async () => {
  const { line, exit } = exporterWith('throw new Error("no mount");');
  expect(await exit).toEqual([1, null]);
  // What it says after 5 s.
  expect(await line()).not.toContain('metrics');
});

test.for([
  [undefined, 'http://0.0.0.0:19717', ' (IPv4 only: this machine has no IPv6)'],
  [undefined, 'http://[::]:19717', ''],
  ['0.0.0.0', 'http://0.0.0.0:19717', ''],
] as const)('an exporter that was to listen on %s and does on %s says%s', ([host, url, note]) => {
  expect(onlyIpv4({ host, port: 19_717 }, url)).toBe(note);
});
