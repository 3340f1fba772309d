import { expect, test } from 'vitest';
import { quotedCommand } from '../../../src/source/elsewhere/via-command.ts';

test.each([
  ['ssh proxy-7', '"ssh proxy-7"'],
  ['  ssh proxy-7 ', '"ssh proxy-7"'],
  [`ssh ${'x'.repeat(56)}`, `"ssh ${'x'.repeat(56)}"`],
  [
    'ssh -F /etc/fleet/ssh_config -o BatchMode=yes -o ConnectTimeout=5 proxy-7.example.com',
    '"ssh -F /etc/fleet/ssh_con…nnectTimeout=5 proxy-7.example.com"',
  ],
])('of the command %j its two ends are quoted', (text, expected) => {
  const quoted = quotedCommand({ text, words: ['ssh'] });
  expect(quoted).toBe(expected);
  expect(quoted.length).toBeLessThanOrEqual(62);
});
