import { spawnSync } from 'node:child_process';

/** True where a program is not installed, except in CI, which installs all of them: there its tests fail. */
export function isMissing(program: string): boolean {
  if (process.env['CI']) return false;
  const { error }: { error?: NodeJS.ErrnoException } = spawnSync(program, ['--version'], {
    stdio: 'ignore',
  });
  return error?.code === 'ENOENT';
}
