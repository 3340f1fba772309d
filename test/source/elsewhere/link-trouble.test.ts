import { describe, expect, test } from 'vitest';
import { troubleText } from '../../../src/source/elsewhere/link-trouble.ts';

const NO_TERMINAL = '. A terminal in between changes what is sent: leave out -t';
const NO_QUESTION =
  '. No question can be answered here: use ssh -o BatchMode=yes with a key, sudo -n, and no -t';

describe('what is said of a link', () => {
  test.each([
    ['', '', 'ended'],
    ['Permission denied (publickey).\n', 'Welcome\n', 'ended: Permission denied (publickey)'],
    ['', 'one\ntwo\r\n\n', 'ended: two'],
    ['\x1b]0;x\x07red \x1b[31m\n', '', 'ended: \\x1b]0;x\\x07red \\x1b[31m'],
    ["root@web's password: ", '', `ended: root@web's password:${NO_QUESTION}`],
    ['Password: ', '', `ended: Password:${NO_QUESTION}`],
    ['sudo: a password is required\n', '', `ended: sudo: a password is required${NO_QUESTION}`],
    [
      'Are you sure you want to continue connecting (yes/no/[fingerprint])? ',
      '',
      `ended: Are you sure you want to continue connecting (yes/no/[fingerprint])?${NO_QUESTION}`,
    ],
    ['the input device is not a TTY\n', '', `ended: the input device is not a TTY${NO_TERMINAL}`],
    ['', "exec sh -c 'LC_ALL=C'\r\n@0123 ready\r\n", `ended${NO_TERMINAL}`],
    [
      '',
      'Your password expires in 3 days: change it.\n',
      'ended: Your password expires in 3 days: change it',
    ],
  ])('%j, %j', (stderr, noise, expected) => {
    expect(troubleText('ended', { stderr, noise })).toBe(expected);
  });

  test('is not longer than a line', () => {
    expect(troubleText('ended', { stderr: 'x'.repeat(5000), noise: '' }).length).toBeLessThan(200);
  });
});
