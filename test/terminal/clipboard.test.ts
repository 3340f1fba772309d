import { expect, test } from 'vitest';
import { clipboardSequence } from '../../src/terminal/clipboard.ts';

const TEXT =
  'sysctl -w net.ipv4.ip_local_port_range="1024 65535"\nsysctl -w net.ipv4.tcp_tw_reuse=1';
const BASE64 = Buffer.from(TEXT).toString('base64');
const PLAIN = `\x1b]52;c;${BASE64}\x07`;

test('is OSC 52 to a terminal', () => {
  expect(clipboardSequence(TEXT, { TERM: 'xterm-256color' })).toBe(PLAIN);
  expect(clipboardSequence('é', {})).toBe('\x1b]52;c;w6k=\x07');
});

test.each([
  { TMUX: '/tmp/tmux-0/default,1,0', TERM: 'screen-256color' },
  { TERM: 'tmux-256color' }, // behind an ssh
  { TMUX: '/tmp/tmux-0/default,1,0', STY: '1.pts-0.host' },
])('is for tmux itself and for its terminal under %j', (environment) => {
  expect(clipboardSequence(TEXT, environment)).toBe(
    `${PLAIN}\x1bPtmux;\x1b\x1b]52;c;${BASE64}\x07\x1b\\`,
  );
});

test('is for GNU screen within tmux', () => {
  const inner = {
    TMUX: '/tmp/tmux-0/default,1,0',
    STY: '1.pts-0.host',
    TERM: 'screen.tmux-256color',
  };
  expect(clipboardSequence(TEXT, inner)).toBe(
    clipboardSequence(TEXT, { STY: '1.pts-0.host', TERM: 'screen' }),
  );
  expect(clipboardSequence(TEXT, { ...inner, TERM: 'tmux-256color' })).toContain('\x1bPtmux;');
});

test('goes through GNU screen in pieces that it lets pass', () => {
  const long = 'x'.repeat(1000);
  const sequence = clipboardSequence(long, { STY: '1.pts-0.host', TERM: 'screen' });
  // oxlint-disable-next-line no-control-regex -- what it is made of
  const pieces = [...sequence.matchAll(/\x1bP([^]*?)\x1b\\/g)].map(([, piece = '']) => piece);
  expect(sequence).toBe(pieces.map((piece) => `\x1bP${piece}\x1b\\`).join(''));
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(256);
  expect(pieces.join('')).toBe(`\x1b]52;c;${Buffer.from(long).toString('base64')}\x07`);
});
