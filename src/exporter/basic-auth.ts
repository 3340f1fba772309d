import { createHash, randomBytes } from 'node:crypto';
import { compare } from 'bcryptjs';

/** What becomes of a request. */
export type Admission = 'welcome' | 'unauthorized' | 'busy';

/** Compared with where the user does not exist, so that time does not tell. Nobody has its password. */
const NOBODY = '$2b$10$HehIz8YOEaS2SV3LsVT42.dXmKlI0rEACTuYOk6U/7JnLZ54pIWwa';

/** Comparisons that may wait. Each takes 0.1 s of the processor at a cost of 10. */
const MOST_WAITING = 16;
/** Results that are kept. */
const MOST_KEPT = 100;

/**
 * Basic authentication. One comparison runs at a time, in pieces that leave room for other requests; results are kept,
 * so that a scraper costs one comparison in all. Where too many wait, the next is turned away.
 */
export class BasicAuth {
  readonly #secret = randomBytes(32);
  readonly #kept = new Map<string, boolean>();
  readonly #compare: (password: string, hash: string) => Promise<boolean>;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(compareWith: (password: string, hash: string) => Promise<boolean> = compare) {
    this.#compare = compareWith;
  }

  /** Judges the value of an Authorization header by hashes by user. */
  async admit(header: string | undefined, users: ReadonlyMap<string, string>): Promise<Admission> {
    if (users.size === 0) return 'welcome';
    const credentials = credentialsOf(header);
    if (credentials === undefined) return 'unauthorized';
    const { user, password } = credentials;
    const hash = users.get(user);
    // The hash is part of it: a changed password ends what was kept for the old one.
    const key = this.#keyOf([user, password, hash ?? '']);
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept ? 'welcome' : 'unauthorized';
    if (this.#waiting >= MOST_WAITING) return 'busy';
    this.#waiting++;
    const turn = this.#last.then(
      () => this.#kept.get(key) ?? this.#compare(password, hash ?? NOBODY),
    );
    this.#last = turn.catch(() => false);
    try {
      const isRight = (await turn) && hash !== undefined;
      this.#keep(key, isRight);
      return isRight ? 'welcome' : 'unauthorized';
    } finally {
      this.#waiting--;
    }
  }

  #keep(key: string, isRight: boolean): void {
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size < MOST_KEPT) break;
      // Guesses are not to push out those who are right.
      const wrong = [...this.#kept].find(([, value]) => !value);
      this.#kept.delete(wrong?.[0] ?? oldest);
    }
    this.#kept.set(key, isRight);
  }

  /** Passwords are not kept. */
  #keyOf(parts: readonly string[]): string {
    return createHash('sha256').update(this.#secret).update(JSON.stringify(parts)).digest('base64');
  }
}

function credentialsOf(header = ''): { user: string; password: string } | undefined {
  const encoded = /^basic +([A-Za-z0-9+/=_-]+) *$/i.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const [, user, password] =
    /^([^:]*):([^]*)$/.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  return user === undefined || password === undefined ? undefined : { user, password };
}
