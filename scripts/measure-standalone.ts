/**
 * Measures the forms that the program is shipped in, in turns: `node scripts/measure-standalone.ts [ROUNDS]`, after
 * `npm run build:standalone`. CPU time to the first frame counts where the machine is busy with other work.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { openTerminal } from '../test/helpers/terminal.ts';
import { timeFirstFrame } from './bench/first-frame.ts';
import { median } from './bench/statistics.ts';
import { cpuMs, residentBytes } from './bench/usage.ts';
import { LAUNCHER, SCREEN, TABLE_TITLE, viewerEnvironment } from './bench/viewer.ts';
import { OUT } from './out.ts';

const FORMS = {
  'the package': [process.execPath, LAUNCHER],
  'ephtop.mjs': [process.execPath, join(OUT, 'ephtop.mjs')],
  'the executable': [join(OUT, `ephtop-linux-${process.arch}`)],
} as const satisfies Record<string, readonly [string, ...string[]]>;

type Form = keyof typeof FORMS;

const SETTLED_MS = 8000;

interface Start {
  readonly frameMs: number;
  readonly cpuMs: number;
}

async function start(form: Form, env: Record<string, string>): Promise<Start> {
  const frameMs = await timeFirstFrame(FORMS[form], env);
  const [file, ...args] = FORMS[form];
  await using terminal = openTerminal(file, args, { ...SCREEN, env });
  await terminal.waitFor(TABLE_TITLE);
  return { frameMs, cpuMs: cpuMs(terminal.pid) };
}

async function settledMb(form: Form, env: Record<string, string>): Promise<number> {
  const [file, ...args] = FORMS[form];
  await using terminal = openTerminal(file, args, { ...SCREEN, env });
  await terminal.waitFor(TABLE_TITLE);
  await sleep(SETTLED_MS);
  return residentBytes(terminal.pid) / 1e6;
}

/** A file that was just written is in memory in larger pieces than one that was read: as if it had been read. */
function forgetWritten(file: string): void {
  spawnSync('sync', [file]);
  spawnSync('dd', [`if=${file}`, 'iflag=nocache', 'count=0'], { stdio: 'ignore' });
}

const rounds = Number(process.argv[2] ?? 15);
const directory = mkdtempSync(join(tmpdir(), 'ephtop-measure-'));
const env = viewerEnvironment(directory);
const forms = Object.keys(FORMS) as Form[];
const starts = new Map<Form, Start[]>(forms.map((form) => [form, []]));

try {
  forgetWritten(FORMS['the executable'][0]);
  for (let round = -1; round < rounds; round++)
    for (const form of forms) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const one = await start(form, env);
      // The first round fills the caches.
      if (round >= 0) starts.get(form)?.push(one);
    }
  console.log('| form | first frame, ms | CPU until then, ms | resident, MB |');
  console.log('| --- | ---: | ---: | ---: |');
  for (const form of forms) {
    const all = starts.get(form) ?? [];
    const frame = median(all.map(({ frameMs }) => frameMs));
    const cpu = median(all.map((each) => each.cpuMs));
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const memory = await settledMb(form, env);
    console.log(`| ${form} | ${frame.toFixed(0)} | ${cpu.toFixed(0)} | ${memory.toFixed(0)} |`);
  }
} finally {
  rmSync(directory, { recursive: true });
}
