import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { InsideSettings, OperationName, Operations, Reply } from './protocol.ts';

/** A network namespace of its own; disposing it ends every process and every socket in it. */
export interface BenchNamespace extends AsyncDisposable {
  call<Name extends OperationName>(
    operation: Name,
    argument: Operations[Name]['argument'],
  ): Promise<Operations[Name]['answer']>;
}

const open = new Set<BenchNamespace>();

/** Ends every namespace, for a benchmark that is broken off. */
export async function closeNamespaces(): Promise<void> {
  await Promise.all([...open].map((namespace) => namespace[Symbol.asyncDispose]()));
}

const INSIDE = fileURLToPath(import.meta.resolve('./inside.ts'));

/**
 * Starts a process in a new network namespace: `unshare -n` as root, `unshare -Urn` otherwise.
 * Calls reject with what the process could not do, or when it ended.
 */
export function openNamespace(directory: string): BenchNamespace {
  const hostNamespace = readlinkSync('/proc/self/ns/net');
  const settings = JSON.stringify({ directory, hostNamespace } satisfies InsideSettings);
  const flags = process.getuid?.() === 0 ? '-n' : '-Urn';
  const child = spawn('unshare', [flags, process.execPath, INSIDE, settings], {
    // Nothing but the report goes to standard output.
    stdio: ['ignore', process.stderr, process.stderr, 'ipc'],
  });
  const ended = endOf(child);
  ended.catch(() => undefined); // a call, if there is one, reports it
  const namespace: BenchNamespace = {
    async call(operation, argument) {
      const reply = new Promise<Reply>((resolve) => child.once('message', resolve));
      // A process that cannot be told anything has ended, which is reported below.
      child.send({ operation, argument }, () => undefined);
      const message = await Promise.race([reply, ended]);
      if (!message.ok) throw new Error(message.error);
      return message.answer as never;
    },
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect();
      await ended.catch(() => undefined);
      open.delete(namespace);
    },
  };
  open.add(namespace);
  return namespace;
}

/** Rejects when the process has ended, or could not be started. */
async function endOf(child: ChildProcess): Promise<never> {
  const [status, signal] = await once(child, 'exit').catch((error: Error) => [error.message]);
  const how = typeof status === 'number' ? `exit status ${status}` : (signal ?? status);
  throw new Error(
    `the process in the network namespace ended (${how}); "unshare -n" as root or "unshare -Urn" as a user must be allowed`,
  );
}
