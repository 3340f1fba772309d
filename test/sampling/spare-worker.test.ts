import { type EventEmitter, once } from 'node:events';
import { afterEach, expect, test, vi } from 'vitest';
import { startSpareWorker, startWorker } from '../../src/sampling/start-worker.ts';

/** What it was started with, if anything, and each message that it gets, in one answer each. */
const ECHO = `
  const { parentPort, threadId, workerData } = require('node:worker_threads');
  if (workerData !== undefined) parentPort.postMessage({ threadId, data: workerData });
  parentPort.on('message', (data) => parentPort.postMessage({ threadId, data }));`;
const FAILING = `throw new Error('it fails')`;

const code = vi.hoisted(() => ({ text: '' }));
vi.mock('../../src/source/program-parts.ts', () => ({
  threadCode: () => code.text,
  replacedSinceStart: () => undefined,
}));

const started: ReturnType<typeof startWorker>[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((worker) => worker.terminate()));
});

async function answerOf(name: 'worker' | 'via-worker', data: unknown) {
  const worker = startWorker(name, data);
  started.push(worker);
  const [answer] = (await once(worker, 'message')) as [{ threadId: number; data: unknown }];
  expect(answer.threadId).toBe(worker.threadId);
  expect(answer.data).toEqual(data);
  return worker.threadId;
}

test('a spare thread is told what it is to do, once; others are started with it', async () => {
  code.text = ECHO;
  startSpareWorker();
  const other = await answerOf('via-worker', { kind: 'other' });
  const spare = await answerOf('worker', { kind: 'first' });
  expect(spare).toBeLessThan(other);
  expect(await answerOf('worker', { kind: 'second' })).toBeGreaterThan(other);
});

test('one that has failed before it was needed is not given to anybody', async () => {
  code.text = FAILING;
  const ended = new Promise((resolve) => {
    process.once('worker', (worker: EventEmitter) => worker.once('exit', resolve));
  });
  startSpareWorker();
  await ended;
  code.text = ECHO;
  expect(await answerOf('worker', { kind: 'after' })).toBeGreaterThan(0);
});

test('what keeps it from starting is for whoever needs one to say', () => {
  code.text = ECHO;
  const threads = process.getBuiltinModule('node:worker_threads');
  vi.spyOn(threads, 'Worker').mockImplementation(function fail() {
    throw Object.assign(new Error('EAGAIN'), { code: 'ERR_WORKER_INIT_FAILED' });
  });
  try {
    expect(startSpareWorker).not.toThrow();
    expect(() => startWorker('worker', {})).toThrow('no more threads are allowed');
  } finally {
    vi.restoreAllMocks();
  }
});
