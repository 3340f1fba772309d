import type { Namespace } from './namespace.ts';

/**
 * Starts a program in the background of a namespace, in a session of its own; disposing of the answer ends it
 * and what it started. Its output has to go somewhere else.
 */
export async function background(
  namespace: Namespace,
  command: string,
): Promise<Disposable & { readonly pid: number }> {
  const { stdout } = await namespace.run('sh', ['-c', `setsid ${command} & echo $!`]);
  const pid = Number(stdout);
  return { pid, [Symbol.dispose]: () => process.kill(-pid, 'SIGKILL') };
}
