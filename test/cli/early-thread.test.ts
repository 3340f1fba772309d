import { afterEach, expect, test, vi } from 'vitest';
import { startThreadEarly } from '../../src/cli/early-thread.ts';
import { startSpareWorker } from '../../src/sampling/start-worker.ts';

vi.mock('../../src/sampling/start-worker.ts', () => ({ startSpareWorker: vi.fn<() => void>() }));
vi.mock('../../src/sampling/slow-compiler.ts', () => ({
  startWithoutSlowCompiler: vi.fn<() => void>(),
}));
vi.mock('../../src/source/small-memory.ts', () => ({
  keepMemorySmall: vi.fn<() => void>(),
  collectGarbageAlone: vi.fn<() => void>(),
}));

const kept = { in: process.stdin.isTTY, out: process.stdout.isTTY };

function onTerminal(isInput: boolean, isOutput: boolean, term = 'xterm'): void {
  process.stdin.isTTY = isInput;
  process.stdout.isTTY = isOutput;
  vi.stubEnv('TERM', term);
}

afterEach(() => {
  process.stdin.isTTY = kept.in;
  process.stdout.isTTY = kept.out;
  vi.unstubAllEnvs();
  vi.clearAllMocks();
});

test.for<[string, number]>([
  ['', 1],
  ['--interval 250ms --filter --viable', 1],
  ['--all-namespaces', 1],
  ['--via ssh proxy', 0],
  ['--via=ssh proxy', 0],
  ['-i 1s --help', 0],
  ['-h', 0],
  ['--version', 0],
  ['-V', 0],
])('on a terminal, the live view with %j starts %i', ([line, count]) => {
  onTerminal(true, true);
  startThreadEarly('live', line.split(' '));
  expect(startSpareWorker).toHaveBeenCalledTimes(count);
});

test('no other command does, nor one without a terminal that can be drawn on', () => {
  onTerminal(true, true);
  for (const command of ['check', 'snapshot', 'record', 'replay', 'demo'] as const)
    startThreadEarly(command, [command]);
  onTerminal(false, true);
  startThreadEarly('live', []);
  onTerminal(true, false);
  startThreadEarly('live', []);
  onTerminal(true, true, 'dumb');
  startThreadEarly('live', []);
  expect(startSpareWorker).not.toHaveBeenCalled();
});
