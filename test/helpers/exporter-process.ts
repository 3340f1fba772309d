/** The whole exporter as a process, and requests to it from inside its network namespace. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { LAUNCHER } from './launcher.ts';
import { nodePath } from './namespace.ts';

/** A running exporter. */
export interface ExporterProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  /** `http://127.0.0.1:40123`. */
  readonly url: string;
  /** What it has said on stderr. */
  readonly said: readonly string[];
  /** Resident memory in kB. */
  residentKb(): Promise<number>;
}

/** Starts the built exporter on a free port of 127.0.0.1, behind `prefix` (such as `nsenter`), and waits until it listens. */
export async function startExporter(
  args: readonly string[] = [],
  prefix: readonly string[] = [],
): Promise<ExporterProcess> {
  const line = [...prefix, nodePath(), LAUNCHER, 'exporter', '--listen', '127.0.0.1:0', ...args];
  const [file = '', ...rest] = line;
  const child = spawn(file, rest, { stdio: ['ignore', 'inherit', 'pipe'] });
  const said: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (text) => {
      said.push(text);
      const found = /^ephtop: metrics at (https?:\/\/\S+)\/metrics$/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`exit ${code}: ${said.join('\n')}`)));
  });
  return {
    child,
    url,
    said,
    async residentKb() {
      const { readFile } = await import('node:fs/promises');
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
