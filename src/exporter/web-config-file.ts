import { statSync } from 'node:fs';
import { printable, rawText } from '../kernel/foreign-text.ts';
import { failureReason, readText } from '../source/read-file.ts';
import { parseWebConfig, type WebConfig, WebConfigError } from './web-config.ts';

/** A web configuration file, read again whenever it has changed. */
export class WebConfigFile {
  readonly path: string;
  #stamp = '';
  #found: WebConfig | WebConfigError | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** What the file says now. Throws a WebConfigError. */
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
      return parseWebConfig(rawText(readText(this.path)), this.path);
    } catch (error) {
      if (error instanceof WebConfigError) return error;
      return new WebConfigError(`${printable(this.path)} cannot be read: ${failureReason(error)}.`);
    }
  }
}

/** Changes when one of the files does. */
export function stampOf(paths: readonly string[]): string {
  return paths
    .map((path) => {
      const found = statSync(path, { bigint: true, throwIfNoEntry: false });
      return found === undefined
        ? '-'
        : `${found.dev} ${found.ino} ${found.ctimeNs} ${found.mtimeNs} ${found.size}`;
    })
    .join('\n');
}
