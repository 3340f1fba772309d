import { type ForeignText, printable } from '../kernel/foreign-text.ts';

/** A source that cannot work here. Its message is one sentence that says what to do. */
export class SourceError extends Error {
  override readonly name = 'SourceError';

  constructor(sentence: ForeignText) {
    super(printable(sentence));
  }
}
