import type { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { readLine } from '../helpers/read-line.ts';

test.each<[string[], string]>([
  [['snapshto'], "unknown command 'snapshto'. Did you mean snapshot?"],
  [['snapshot', '--interva', '1s'], "unknown option '--interva'. Did you mean --interval?"],
  [['--sort', 'hedroom'], 'closes, eta. Did you mean headroom?'],
  [['advise', '--format', 'jsn'], 'are text, json. Did you mean json?'],
  [['completion', 'fsh'], 'are bash, zsh, fish. Did you mean zsh or fish?'],
  [['demo', 'slowleak'], 'rush-hour. Did you mean slow-leak?'],
  [['record', '--dump-on', 'critcal'], 'are critical. Did you mean critical?'],
  [['help', 'chekc'], 'help. Did you mean check?'],
  [['--interval', '5min'], '1h or 1d. Did you mean 5m?'],
  [['--filter', 'ownr:x'], 'In word 1, "ownr:x": write owner:, or quotes around it.'],
  [['check', '-w', '10-20'], '@10:20. Did you mean 10:20?'],
])('%j: the error says what was meant', async (line, sentence) => {
  expect((await readLine(...line)).stderr).toContain(`${sentence} Try "ephtop`);
});

test('what another command could use is no suggestion', async () => {
  expect((await readLine('snapshot', '--thme', 'mono')).stderr).not.toContain('Did you mean');
});

test.each(['--help', '-h', '--version', '-V', '--theme mono', '--format json', '--bogus'])(
  'a command that there is not is an error, also with %s',
  async (more) => {
    for (const line of [
      `snapshto ${more}`,
      `--ascii ${more.replace(/^--bogus$/, '-h')} snapshto`,
    ]) {
      const { stderr, stdout, error } = await readLine(...line.split(' '));
      expect({ line, stdout, stderr }).toEqual({
        line,
        stdout: '',
        stderr:
          'ephtop: unknown command \'snapshto\'. Did you mean snapshot? Try "ephtop --help".\n',
      });
      expect((error as CommanderError).exitCode).toBe(1);
    }
  },
);
