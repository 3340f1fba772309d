import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import type { Worker } from 'node:worker_threads';
import type { ThreadName } from '../source/embedded.ts';
import { replacedSinceStart, threadCode } from '../source/program-parts.ts';
import { errorCode, failureReason } from '../source/read-file.ts';
import { SourceError } from '../source/source-error.ts';

/** A thread that has been started, and not been told what to do. */
let spare: { readonly worker: Worker; readonly forget: () => void } | undefined;

/**
 * Starts the sampling thread before it is known what it is to do: it takes as long to come up as the program to read its
 * command line and its settings. The next call of startWorker gets it; without one, it keeps nobody from ending. Where it
 * cannot start, whoever needs it says so.
 */
export function startSpareWorker(): void {
  try {
    const worker = newWorker('worker', undefined);
    const forget = () => {
      spare = undefined;
    };
    worker.on('error', forget).on('exit', forget).unref();
    spare = { worker, forget };
  } catch {
    // Nothing is lost.
  }
}

/** Starts a thread. Throws SourceError where the process may have no more of them, or its code is another version's by now. */
export function startWorker(name: ThreadName, data: unknown): Worker {
  if (name !== 'worker' || spare === undefined) return newWorker(name, data);
  const { worker, forget } = spare;
  forget();
  worker.off('error', forget).off('exit', forget).ref();
  worker.postMessage(data);
  return worker;
}

function newWorker(name: ThreadName, workerData: unknown): Worker {
  const replaced = replacedSinceStart();
  if (replaced !== undefined) throw unstarted(replaced);
  const code = threadCode(name);
  // Loaded here only: commands without a thread load this file too.
  const { Worker: Thread } = process.getBuiltinModule('node:worker_threads');
  try {
    return new Thread(code, { workerData, eval: typeof code === 'string', env: environment() });
  } catch (error) {
    throw threadFailure(error);
  }
}

/**
 * What a thread has ended by: a SourceError that says what to raise, where a limit kept it from starting, or the error
 * itself. Node has the errno in the message only: "EAGAIN" where clone(2) failed, thrown by the constructor; "Worker
 * initialization failure: EMFILE" where the thread's event loop did, as an event (src/node_worker.cc); and "too many
 * open files" where the thread's code cannot be read (src/node_modules.cc).
 */
export function threadFailure(error: unknown): Error {
  const own = error instanceof Error ? error : new Error(String(error));
  const isUnstarted = errorCode(own) === 'ERR_WORKER_INIT_FAILED';
  if (isUnstarted && own.message.endsWith('EAGAIN'))
    return unstarted('no more threads are allowed: raise ulimit -u, or pids.max of the cgroup');
  if (errorCode(own) === 'EMFILE' || /\bEMFILE\b|: too many open files/.test(own.message))
    return unstarted('no file descriptor is left: raise ulimit -n');
  if (/^(?:ERR_)?MODULE_NOT_FOUND$/.test(errorCode(own) ?? ''))
    return unstarted('a file of ephtop is not there any more, as after an update: start it anew');
  return isUnstarted ? unstarted(failureReason(own)) : own;
}

function unstarted(reason: string): SourceError {
  return new SourceError(`the sampling thread cannot start: ${reason}.`);
}

/** A thread keeps compiled code where its process does only if its environment says so, from its first module on. */
function environment(): NodeJS.ProcessEnv {
  const directory = getCompileCacheDir();
  // Of this version of Node and V8, in the one that all of them share.
  return directory === undefined
    ? process.env
    : { ...process.env, NODE_COMPILE_CACHE: dirname(directory) };
}
