/** Options that do not go together, or name what is not there or cannot be used. The message is one sentence. */
export class UsageError extends Error {}
