import { statSync } from 'node:fs';
import { isSea } from 'node:sea';
import { fileURLToPath } from 'node:url';
import { type ThreadName, THREADS } from './embedded.ts';
import { ifThere } from './read-file.ts';

/** In the environment of a program in a single file: which of its parts it is to be. */
export const PART_VARIABLE = 'EPHTOP_PART';

/** What a thread is made of: its file, beside the one that this is bundled into, or its code. */
export function threadCode(name: ThreadName): URL | string {
  return THREADS?.[name] ?? new URL(`./${name}.js`, import.meta.url);
}

/** Which file this is. Not by its times, which `npm install` makes the same, nor by its change time, which a new link to it moves. */
function identity(): string | undefined {
  return ifThere(() => {
    const { dev, ino, birthtimeMs } = statSync(fileURLToPath(import.meta.url));
    return `${dev} ${ino} ${birthtimeMs}`;
  });
}

const STARTED_AS = identity();

/**
 * Why no further part of the program can be loaded, as a clause; undefined: they are those that it was started with. A package
 * that was upgraded has other ones. A program in a single file has all of them in memory.
 */
export function replacedSinceStart(): string | undefined {
  if (THREADS !== undefined || STARTED_AS === undefined || identity() === STARTED_AS)
    return undefined;
  return 'ephtop was upgraded or removed meanwhile: quit, and start it again';
}

/** How a program of the demo's stage is started. */
export interface ActorCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** To be added to the environment. */
  readonly variables: Readonly<Record<string, string>>;
}

/** The command of a program of the demo's stage. Options of Node's are for where there is a Node. */
export function actorCommand(nodeOptions: readonly string[]): ActorCommand {
  const file = process.execPath;
  if (THREADS === undefined) {
    const actor = fileURLToPath(new URL('./actor.js', import.meta.url));
    return { file, args: [...nodeOptions, actor], variables: {} };
  }
  const args = isSea() ? [] : [...nodeOptions, fileURLToPath(import.meta.url)];
  return { file, args, variables: { [PART_VARIABLE]: 'actor' } };
}

/** The command that this program was started with, file first. An executable of its own has no script and no options of Node's. */
export function ownCommand(): readonly string[] {
  const { execPath, execArgv, argv } = process;
  return isSea() ? [execPath, ...argv.slice(2)] : [execPath, ...execArgv, ...argv.slice(1)];
}
