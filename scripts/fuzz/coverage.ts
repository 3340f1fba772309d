import { type Profiler, Session } from 'node:inspector';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

/** Where the parsers are. */
export const SOURCES = pathToFileURL(join(import.meta.dirname, '../../src/')).href;

/** Which blocks of these sources ran, and how often, by V8's precise coverage of this thread. */
export class Coverage {
  readonly #session = new Session();
  readonly #sources: string;

  /** `sources`: how the URLs of their modules begin. */
  constructor(sources: string) {
    this.#sources = sources;
    this.#session.connect();
    this.#post('Profiler.enable');
    this.#post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /**
   * The blocks since the last call, and how often they ran. V8 leaves out a block that ran as often as the one around it, so
   * that one with 0 tells as much.
   */
  take(): Map<string, number> {
    const blocks = new Map<string, number>();
    for (const { url, functions, scriptId } of this.#takeScripts()) {
      if (!url.startsWith(this.#sources)) continue;
      for (const { ranges } of functions)
        for (const { startOffset, endOffset, count } of ranges)
          blocks.set(`${scriptId} ${startOffset} ${endOffset}`, count);
    }
    return blocks;
  }

  /** The blocks of one piece of work. */
  of(work: () => unknown): Map<string, number> {
    this.take();
    work();
    return this.take();
  }

  close(): void {
    this.#session.disconnect();
  }

  #takeScripts(): readonly Profiler.ScriptCoverage[] {
    const taken = this.#post('Profiler.takePreciseCoverage');
    return (taken as Profiler.TakePreciseCoverageReturnType).result;
  }

  #post(method: string, parameters: object = {}): unknown {
    let answer: unknown;
    // The session is of this thread: it answers before `post` returns.
    this.#session.post(method, parameters, (error, result) => {
      if (error) throw error;
      answer = result;
    });
    return answer;
  }
}
