import { closeSync, readSync } from 'node:fs';
import type { AnswerFilter } from './answers.ts';
import type { BackgroundWatch } from './background-watch.ts';
import { openNonBlocking, sleep, unlessItWaits } from './non-blocking.ts';
import { PASTE_ENDS_AFTER_MS, PasteFilter, type Piece } from './paste-filter.ts';

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

/** Hears what is read, in its order. */
export interface InputListeners {
  readonly onKeys: (text: string) => void;
  readonly onPaste: (text: string) => void;
}

/**
 * Sees everything read from stdin, because Ink drops sequences that are not keys, and takes out the terminal's
 * answers and pastes, which Ink would take for keys, or wait for the end of. It never makes Ink wait for anything but the
 * rest of an answer or a mark.
 */
export function watchInput(
  filter: AnswerFilter,
  watch: BackgroundWatch,
  { onKeys, onPaste }: InputListeners,
): WatchedInput {
  const { stdin } = process;
  const read = stdin.read.bind(stdin);
  const pastes = new PasteFilter();
  let answerTimer: NodeJS.Timeout | undefined;
  let pasteTimer: NodeJS.Timeout | undefined;
  /** What was read and is not taken yet. */
  const ready: Piece[] = [];

  const take = (keys: string) => {
    ready.push(...pastes.push(keys, performance.now()));
    clearTimeout(pasteTimer);
    if (pastes.isPasting) pasteTimer = setTimeout(endPaste, PASTE_ENDS_AFTER_MS);
  };
  // Whoever reads is told that there is something.
  const endPaste = () => {
    ready.push(...pastes.end());
    stdin.emit('readable');
  };
  const release = () => {
    // Keys that were taken for the beginning of an answer.
    const keys = filter.giveUp();
    if (keys === '') return;
    take(keys);
    stdin.emit('readable');
  };
  /** The keys up to the next paste, which comes to whoever reads when those have been taken. */
  const next = () => {
    for (let piece = ready.shift(); piece !== undefined; piece = ready.shift()) {
      if ('paste' in piece) onPaste(piece.paste);
      else {
        onKeys(piece.keys);
        return piece.keys;
      }
    }
    return '';
  };
  stdin.read = (size?: number) => {
    // Node itself reads nothing, to have something read.
    if (size !== 0 && ready.length > 0) return next();
    const chunk: unknown = read(size);
    if (typeof chunk !== 'string') return chunk;
    const { keys, answers } = filter.push(chunk, watch.isExpecting);
    for (const answer of answers) watch.push(answer);
    clearTimeout(answerTimer);
    const restWithinMs = watch.expectedForMs > 0 ? REST_WITHIN_MS.soon : REST_WITHIN_MS.later;
    if (filter.isHolding) answerTimer = setTimeout(release, restWithinMs);
    take(keys);
    return next();
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
      clearTimeout(answerTimer);
      clearTimeout(pasteTimer);
      stdin.read = read;
    },
  };
}

/** Reads until no answer is expected any more; keys are lost. */
function readAnswers(filter: AnswerFilter, watch: BackgroundWatch): void {
  const tty = openNonBlocking(process.stdin.fd, 'read');
  const buffer = Buffer.alloc(1024);
  try {
    while (watch.expectedForMs > 0) {
      const length = unlessItWaits(() => readSync(tty, buffer));
      if (!length) sleep(POLL_MS);
      else
        for (const answer of filter.push(buffer.toString('latin1', 0, length), true).answers)
          watch.push(answer);
    }
  } finally {
    closeSync(tty);
  }
}

const POLL_MS = 5;
