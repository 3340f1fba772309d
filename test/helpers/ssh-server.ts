import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { flatTree, isThere, processTree } from './process-tree.ts';

/** OpenSSH's server on loopback, with keys, a port and a configuration of its own. */
export interface SshServer extends AsyncDisposable {
  /** The words that log in. */
  readonly login: readonly string[];
  /** Ends all sessions, as a network that breaks would; the server goes on. */
  readonly cut: () => void;
}

const SSHD = '/usr/sbin/sshd';

/** Starts it behind `prefix`, such as `nsenter`; rejects where it does not listen within seconds. */
export async function startSshServer(prefix: readonly string[] = []): Promise<SshServer> {
  const directory = mkdtempSync(join(tmpdir(), 'ephtop-sshd-'));
  const port = 20_022 + (process.pid % 10_000);
  const keyOf = (name: string) => {
    const file = join(directory, name);
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
    return file;
  };
  const hostKey = keyOf('host-key');
  const userKey = keyOf('user-key');
  spawnSync('cp', [`${userKey}.pub`, join(directory, 'authorized-keys')]);
  chmodSync(directory, 0o700);
  const config = join(directory, 'config');
  writeFileSync(
    config,
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${hostKey}`,
      `AuthorizedKeysFile ${join(directory, 'authorized-keys')}`,
      'PasswordAuthentication no',
      'StrictModes no',
      'PermitRootLogin prohibit-password',
      'UsePAM no',
      'PidFile none',
      `Banner ${config}`,
      '',
    ].join('\n'),
  );
  // Debian makes it where the service is started.
  const separation = '/run/sshd';
  const isMade = !existsSync(separation);
  if (isMade) mkdirSync(separation, { mode: 0o755 });
  const server = spawn('env', [...prefix, SSHD, '-D', '-e', '-f', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  server.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  for (let count = 0; !log.includes('Server listening'); count++) {
    if (count > 200) throw new Error(`sshd does not listen: ${log}`);
    await delay(50);
  }
  const settings = ['BatchMode=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null'];
  const options = ['-p', String(port), '-i', userKey, '-F', 'none'].concat(
    settings.flatMap((setting) => ['-o', setting]),
  );
  const sessions = () =>
    flatTree(processTree(server.pid ?? 0))
      .map(({ pid }) => pid)
      .filter((pid) => pid !== server.pid);
  return {
    login: [...prefix, 'ssh', ...options, `${userInfo().username}@127.0.0.1`],
    cut() {
      for (const pid of sessions()) if (isThere(pid)) process.kill(pid, 'SIGKILL');
    },
    async [Symbol.asyncDispose]() {
      for (const pid of sessions()) if (isThere(pid)) process.kill(pid, 'SIGKILL');
      server.kill('SIGKILL');
      await new Promise((resolve) => server.once('close', resolve));
      rmSync(directory, { recursive: true, force: true });
      if (isMade) rmSync(separation, { recursive: true, force: true });
    },
  };
}
