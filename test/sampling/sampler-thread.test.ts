import { EventEmitter } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { samplerThread, type ThreadReply } from '../../src/sampling/sampler-thread.ts';
import { SourceError } from '../../src/source/source-error.ts';

/** A worker that is asked, and says what the test has it say. */
class FakeWorker extends EventEmitter {
  readonly asked: unknown[] = [];
  postMessage(request: unknown): void {
    this.asked.push(request);
  }
  say(reply: ThreadReply<string>): void {
    this.emit('message', reply);
  }
  async terminate(): Promise<number> {
    this.emit('exit');
    return 1;
  }
}

function threading() {
  const worker = new FakeWorker();
  const traced: string[] = [];
  const thread = samplerThread<string>(worker as unknown as Worker, (what) => traced.push(what));
  return { worker, thread, traced };
}

describe('a thread on request', () => {
  test('answers in the order of requests, and traces meanwhile', async () => {
    const { worker, thread, traced } = threading();
    const [first, second] = [thread.take(), thread.take()];
    thread.watchRefusals();
    expect(worker.asked).toEqual(['take', 'take', 'watch-refusals']);
    worker.say({ kind: 'answer', answer: 'one' });
    worker.say({ kind: 'trace', what: 'read', atMs: 0 });
    worker.say({ kind: 'failed', message: 'no memory' });
    expect(await first).toBe('one');
    await expect(second).rejects.toThrow(new SourceError('no memory'));
    expect(traced).toEqual(['read']);
    expect(thread.hasEnded).toBe(false);
  });

  test('that breaks fails all requests, also later ones, with its reason', async () => {
    const { worker, thread } = threading();
    const taken = [thread.take(), thread.take()];
    worker.emit('error', new Error('out of memory'));
    worker.emit('exit');
    for (const each of taken) await expect(each).rejects.toThrow('out of memory');
    await expect(thread.take()).rejects.toThrow('out of memory');
    expect(thread.hasEnded).toBe(true);
  });

  test('that ends by itself says so', async () => {
    const { worker, thread } = threading();
    const taken = thread.take();
    worker.emit('exit');
    await expect(taken).rejects.toThrow('the sampling thread ended by itself.');
  });

  test('is ended', async () => {
    const { thread } = threading();
    await thread.end();
    expect(thread.hasEnded).toBe(true);
  });
});
