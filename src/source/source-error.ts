/** A source that cannot work here. Its message is one sentence that says what to do. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}
