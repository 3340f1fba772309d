/** Options that do not go together. The message is one sentence. */
export class UsageError extends Error {}
