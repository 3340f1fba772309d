import { setTimeout as sleep } from 'node:timers/promises';
import type { AnswerFilter } from './answers.ts';
import type { BackgroundWatch } from './background-watch.ts';
import { PasteMarks } from './paste-marks.ts';

/** How long the rest of an answer is waited for before Escape is a key; Ink then waits 20 ms more for the rest of a key. */
const REST_WITHIN_MS = 50;

/** What is read from stdin, on its way to Ink. */
export interface WatchedInput {
  /** Resolves when the terminal has no answer to give any more, at the latest after a second. */
  readonly settled: () => Promise<void>;
  readonly end: () => void;
}

/**
 * Sees everything read from stdin, because Ink drops sequences that are not keys, and takes out the terminal's
 * answers, which Ink would take for keys. It never makes Ink wait for anything but the rest of an answer.
 */
export function watchInput(
  filter: AnswerFilter,
  watch: BackgroundWatch,
  onText: (text: string) => void,
): WatchedInput {
  const { stdin } = process;
  const read = stdin.read.bind(stdin);
  const paste = new PasteMarks();
  let timer: NodeJS.Timeout | undefined;
  /** Keys that were taken for the beginning of an answer. */
  let released = '';

  const pass = (keys: string) => {
    onText(keys);
    return paste.closed(keys);
  };
  const release = () => {
    released = filter.giveUp();
    // Whoever reads is told that there is something.
    if (released !== '') stdin.emit('readable');
  };
  stdin.read = (size?: number) => {
    // Node itself reads nothing, to have something read.
    if (size !== 0 && released !== '') {
      const keys = released;
      released = '';
      return pass(keys);
    }
    const chunk: unknown = read(size);
    if (typeof chunk !== 'string') return chunk;
    const { keys, answers } = filter.push(chunk, watch.isExpecting);
    for (const answer of answers) watch.push(answer);
    clearTimeout(timer);
    if (filter.isHolding) timer = setTimeout(release, REST_WITHIN_MS);
    return pass(keys);
  };
  return {
    async settled() {
      const limitMs = watch.expectedForMs;
      if (limitMs === 0) return;
      // Else the terminal's driver would show it.
      stdin.setRawMode(true);
      const answered = new AbortController();
      const drain = () => {
        while (stdin.read() !== null);
        if (!watch.isExpecting) answered.abort();
      };
      stdin.on('readable', drain);
      await sleep(limitMs, undefined, answered).catch(() => {});
      stdin.off('readable', drain);
      stdin.unref();
    },
    end() {
      clearTimeout(timer);
      stdin.read = read;
    },
  };
}
