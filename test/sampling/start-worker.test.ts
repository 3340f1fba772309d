import { EventEmitter } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { threadFailure } from '../../src/sampling/start-worker.ts';
import { workerSource } from '../../src/sampling/worker-source.ts';
import { SourceError } from '../../src/source/source-error.ts';

const initFailed = (message: string) =>
  Object.assign(new Error(message), { code: 'ERR_WORKER_INIT_FAILED' });

const NO_FILES = 'the sampling thread cannot start: no file descriptor is left: raise ulimit -n.';

test.for<[string, unknown, string]>([
  [
    'no thread is left',
    initFailed('EAGAIN'),
    'the sampling thread cannot start: no more threads are allowed: raise ulimit -u, or pids.max of the cgroup.',
  ],
  ['no file is left for its loop', initFailed('Worker initialization failure: EMFILE'), NO_FILES],
  ['no file is left for a module', Object.assign(new Error('open'), { code: 'EMFILE' }), NO_FILES],
  [
    'no file is left for a package',
    new Error('Cannot read package config /tmp/package.json: too many open files.'),
    NO_FILES,
  ],
  ['Node says nothing better', initFailed('ENOSYS'), 'the sampling thread cannot start: ENOSYS.'],
])('a thread that does not start says why: %s', async ([, error, sentence]) => {
  expect(threadFailure(error)).toEqual(new SourceError(sentence));
  const worker = Object.assign(new EventEmitter(), { postMessage() {}, async terminate() {} });
  const source = workerSource(() => worker as unknown as Worker);
  const samples = source.samples(new AbortController().signal);
  const sample = samples[Symbol.asyncIterator]().next();
  worker.emit('error', error);
  await expect(sample).rejects.toEqual(new SourceError(sentence));
});

test.for([new Error('a mistake'), 'no error at all'])(
  'any other end of a thread stays as it is: %s',
  (error) => {
    const failure = threadFailure(error);
    expect(failure).not.toBeInstanceOf(SourceError);
    expect(failure.message).toBe(error instanceof Error ? error.message : error);
  },
);
