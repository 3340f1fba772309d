import type { Environment } from './environment.ts';

/** Selection Data of xterm's ctlseqs: sets the clipboard of the terminal, which may be at the other end of an ssh. */
function osc52(text: string): string {
  return `\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`;
}

/** GNU screen drops a device control string that is longer (MAXSTR in its ansi.c has been 256 for long). */
const SCREEN_CHUNK = 240;

/**
 * What to write to a terminal so that it takes a text into its clipboard; most do nothing or ask first.
 *
 * In tmux it is written twice. tmux sets the clipboard itself where `set-clipboard` is `on` (not `external`,
 * its default), and passes a wrapped sequence to its terminal where `allow-passthrough` is `on` (3.3 and newer,
 * off by default; older ones always do). GNU screen passes on device control strings. Where both run, one within the
 * other, the variables of both are there: the inner one has set TERM.
 */
export function clipboardSequence(text: string, environment: Environment): string {
  const plain = osc52(text);
  const { TERM = '', TMUX, STY } = environment;
  const isScreen = STY !== undefined && STY !== '' && (!TMUX || TERM.startsWith('screen'));
  if (TERM.startsWith('tmux') || (TMUX && !isScreen)) {
    return `${plain}\x1bPtmux;${plain.replaceAll('\x1b', '\x1b\x1b')}\x1b\\`;
  }
  if (!isScreen) return plain;
  const chunks = plain.match(new RegExp(`[^]{1,${SCREEN_CHUNK}}`, 'g')) ?? [];
  return chunks.map((chunk) => `\x1bP${chunk}\x1b\\`).join('');
}
