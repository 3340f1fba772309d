import { statSync } from 'node:fs';
import { printable, rawText } from '../kernel/foreign-text.ts';
import { errorCode, failureReason, readText } from '../source/read-file.ts';
import { parseWebConfig, type WebConfig, WebConfigError } from './web-config.ts';

/** A web configuration file, read again whenever it has changed. */
export class WebConfigFile {
  readonly path: string;
  #stamp = '';
  #found: WebConfig | WebConfigError | undefined;
  /** True once the file has had users. */
  #authenticates = false;

  constructor(path: string) {
    this.path = path;
  }

  /** What the file says now. Throws a WebConfigError, also for a file that has lost its users: it may be half written. */
  current(): WebConfig {
    const stamp = stampOf([this.path]);
    if (stamp !== this.#stamp || this.#found === undefined) {
      this.#stamp = stamp;
      this.#found = this.#read();
    }
    if (this.#found instanceof WebConfigError) throw this.#found;
    return this.#found;
  }

  #read(): WebConfig | WebConfigError {
    try {
      const config = parseWebConfig(rawText(readText(this.path)), this.path);
      if (this.#authenticates && config.users.size === 0)
        throw withoutRestart(this.path, 'basic_auth_users');
      this.#authenticates = config.users.size > 0;
      return config;
    } catch (error) {
      if (error instanceof WebConfigError) return error;
      return new WebConfigError(`${printable(this.path)} cannot be read: ${failureReason(error)}.`);
    }
  }
}

/** A file has lost what it had, and nobody is let in without it before the exporter is started anew. */
export function withoutRestart(path: string, name: string): WebConfigError {
  return new WebConfigError(
    `${printable(path)} has no ${name} any more, which ends with a restart only.`,
  );
}

/** Changes when one of the files does. A file that cannot be looked at is told by who reads it. */
export function stampOf(paths: readonly string[]): string {
  return paths
    .map((path) => {
      try {
        const { dev, ino, ctimeNs, mtimeNs, size } = statSync(path, { bigint: true });
        return `${dev} ${ino} ${ctimeNs} ${mtimeNs} ${size}`;
      } catch (error) {
        return errorCode(error) ?? '-';
      }
    })
    .join('\n');
}
