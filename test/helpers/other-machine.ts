/** This machine as another one: with other files, in mounts that end with the program. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import type { TestContext } from 'vitest';

/** The PATH as it is outside npm's scripts. */
export const PATH = (process.env['PATH'] ?? '')
  .split(':')
  .filter((directory) => !directory.endsWith('/node_modules/.bin'))
  .join(':');

const IN_NAMESPACE = process.getuid?.() === 0 ? '-m' : '-Urm';

/** An empty file in the place of each libatomic of the system. */
export const WITHOUT_LIBATOMIC = `mount --make-rprivate / || exit
for file in /usr/lib/*/libatomic.so.1 /usr/lib64/libatomic.so.1; do
  if [ -e "$file" ]; then mount --bind /dev/null "$file" || exit; fi
done`;

/** What Alpine has in /etc, which is how a musl system is told. */
export const ON_ALPINE = `mount -t tmpfs tmpfs /etc && touch /etc/alpine-release || exit`;

/** A machine as `change` makes it of this one, and what runs there. */
type Machine = { change: string; command: readonly string[]; path?: string };

/** Runs a command in mounts of its own. */
export function runOn({ change, command, path = PATH }: Machine): SpawnSyncReturns<string> {
  const script = `${change}\nexec "$@"`;
  return spawnSync('unshare', [IN_NAMESPACE, 'sh', '-c', script, 'sh', ...command], {
    encoding: 'utf8',
    env: { PATH: path, HOME: '/nowhere' },
  });
}

/** Under CI the tests below must run. */
export function requireMounts({ skip }: Pick<TestContext, 'skip'>): void {
  const { status, stderr } = runOn({ change: WITHOUT_LIBATOMIC, command: ['true'] });
  if (status === 0) return;
  if (process.env['CI']) throw new Error(`no mount namespace: ${stderr}`);
  skip(`no mount namespace: ${stderr}`);
}
