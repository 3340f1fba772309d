import { closeSync, constants, openSync, readSync } from 'node:fs';
import type { AnswerFilter } from './answers.ts';
import type { BackgroundWatch } from './background-watch.ts';
import { PasteMarks } from './paste-marks.ts';

/**
 * How long the rest of an answer is waited for before Escape is a key, in the second after the question and later; Ink
 * then waits 20 ms more for the rest of a key.
 */
const REST_WITHIN_MS = { soon: 300, later: 50 } as const;

/** What is read from stdin, on its way to Ink. */
export interface WatchedInput {
  /**
   * Waits for the answers that are still to come, up to a second from the question: the next program would take
   * them for keys. Throws where the terminal is gone. Nothing else runs meanwhile, as a signal may end the program.
   */
  readonly settle: () => void;
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
    const restWithinMs = watch.expectedForMs > 0 ? REST_WITHIN_MS.soon : REST_WITHIN_MS.later;
    if (filter.isHolding) timer = setTimeout(release, restWithinMs);
    return pass(keys);
  };
  return {
    settle() {
      if (watch.expectedForMs === 0) return;
      // Else the terminal's driver shows what comes, and waits for the end of a line.
      const wasRaw = stdin.isRaw;
      if (!wasRaw) stdin.setRawMode(true);
      try {
        readAnswers(filter, watch);
      } finally {
        if (!wasRaw) stdin.setRawMode(false);
      }
    },
    end() {
      clearTimeout(timer);
      stdin.read = read;
    },
  };
}

/** Reads until no answer is expected any more; keys are lost. */
function readAnswers(filter: AnswerFilter, watch: BackgroundWatch): void {
  // Opened anew, as stdin itself may block.
  const tty = openSync('/proc/self/fd/0', TTY_FLAGS);
  try {
    while (watch.expectedForMs > 0) {
      const text = readNow(tty);
      if (!text) Atomics.wait(NEVER, 0, 0, POLL_MS);
      else for (const answer of filter.push(text, true).answers) watch.push(answer);
    }
  } finally {
    closeSync(tty);
  }
}

const TTY_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
const POLL_MS = 5;
const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** What there is to be read; undefined: nothing yet. */
function readNow(tty: number): string | undefined {
  const buffer = Buffer.alloc(1024);
  try {
    return buffer.toString('latin1', 0, readSync(tty, buffer));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return undefined;
    throw error;
  }
}
