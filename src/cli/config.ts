import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { formatInterval } from '../format/units.ts';
import { printable, type ForeignText, rawText } from '../kernel/foreign-text.ts';
import type { GroupOrder } from '../model/query/order.ts';
import { didYouMean } from '../model/query/nearest-word.ts';
import { failureReason } from '../source/read-file.ts';
import { readTextIfThere, replaceFile } from '../source/settings-file.ts';
import type { RememberedSettings } from '../store/settings.ts';
import type { Environment } from '../terminal/environment.ts';
import {
  OPTION_ENTRIES,
  type OptionEntry,
  type OptionName,
  type SettingName,
  type ValueOf,
} from './option-table.ts';

/** What the command line can set as well, named and measured as there. */
type ConfiguredOptions = { readonly [Name in SettingName]?: ValueOf<Name> };

/** What the file may set. */
export interface Config extends ConfiguredOptions {
  /** That the order by `sort` is inverted. */
  readonly inverted?: boolean;
}

/** A file cannot be read, or holds an invalid value. The message is one line. */
class ConfigError extends Error {}

/** Where the file is; undefined where the user has no home, or none with an absolute path. */
export function configPath(environment: Environment): string | undefined {
  const base = environment['XDG_CONFIG_HOME'] ?? '';
  if (isAbsolute(base)) return join(base, 'ephtop/config.json');
  try {
    const home = homedir();
    return isAbsolute(home) ? join(home, '.config/ephtop/config.json') : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The valid settings in the file, none if there is no file; and a line on each other thing that is in it, or on why it
 * cannot be read: no reason to go without a view in an incident. Never throws.
 */
export function readConfig(path: string): { readonly config: Config; readonly warnings: string[] } {
  const warnings: string[] = [];
  const attempt = <Value>(read: () => Value): Value | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      warnings.push(error.message);
      return undefined;
    }
  };
  const entries = Object.entries(attempt(() => readEntries(path)) ?? {}).flatMap(([key, value]) => {
    const entry = attempt(() => [key, readSetting(path, key, value)] as const);
    return entry === undefined ? [] : [entry];
  });
  return { config: Object.fromEntries(entries), warnings };
}

/** The warnings as one notice; undefined if there are none. */
export function warningsNotice([first, ...others]: readonly string[]): string | undefined {
  if (first === undefined || others.length === 0) return first;
  return `${first} (and ${others.length} more in the file)`;
}

/** The value of one setting. Throws a ConfigError. */
function readSetting(path: string, key: string, value: unknown): unknown {
  const read = READERS.get(key);
  if (read === undefined) {
    const names = [...READERS.keys()];
    fail(
      path,
      `no setting ${quoted(key)} exists; the settings are ${names.join(', ')}.${didYouMean(key, names)}`,
    );
  }
  try {
    return read(value);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    fail(path, `${quoted(value)} is wrong for "${key}". ${error.message}`);
  }
}

/** The options, with the file's settings instead of defaults. */
export function withConfig<Options extends ConfiguredOptions>(
  options: Options,
  config: Config,
  isGiven: (name: OptionName) => boolean,
): Options {
  const isWanted = (key: string) => Object.hasOwn(options, key) && !isGiven(key as OptionName);
  const entries = Object.entries(config).filter(([key]) => isWanted(key));
  return { ...options, ...(Object.fromEntries(entries) as ConfiguredOptions) };
}

/** The order to begin with. The file's is inverted as a whole: a column of the command line is not. */
export function initialOrder(
  { sort }: { readonly sort: GroupOrder['column'] },
  { inverted = false }: Config,
  isGiven: (name: 'sort') => boolean,
): GroupOrder {
  return { column: sort, inverted: inverted && !isGiven('sort') };
}

/** Writes the settings into the file and leaves the others in it as they are; returns what became of it, in words. */
export function saveSettings(path: string, settings: RememberedSettings): string {
  const { theme, sort, inverted, intervalMs } = settings;
  try {
    const kept = readEntries(path);
    const entries = {
      ...kept,
      ...(theme && { theme }),
      sort,
      inverted,
      interval: formatInterval(intervalMs),
    };
    replaceFile(path, `${JSON.stringify(entries, undefined, 2)}\n`);
    return `Theme, order and interval are saved in ${printable(path)}`;
  } catch (error) {
    const reason = error instanceof ConfigError ? error.message : failureReason(error);
    return `Not saved: ${printable(reason)}`;
  }
}

/** How each setting is read, by its name. */
const READERS: ReadonlyMap<string, (value: unknown) => unknown> = new Map([
  ...OPTION_ENTRIES.filter(([, { isSetting }]) => isSetting).map(
    ([name, entry]) => [name, settingReader(entry)] as const,
  ),
  ['inverted', trueOrFalse],
]);

function settingReader(entry: OptionEntry): (value: unknown) => unknown {
  const { choices, parse } = entry;
  if (choices !== undefined) return oneOf(choices);
  return parse === undefined ? trueOrFalse : (value) => parse(text(value));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function trueOrFalse(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new InvalidArgumentError('Write true or false.');
  return value;
}

function oneOf(choices: readonly string[]): (value: unknown) => string {
  return (value) => {
    const chosen = choices.find((choice) => choice === value);
    if (chosen === undefined)
      throw new InvalidArgumentError(
        `Write one of ${choices.map(quoted).join(', ')}.${didYouMean(text(value), choices)}`,
      );
    return chosen;
  };
}

function readEntries(path: string): Record<string, unknown> {
  let content: ForeignText | undefined;
  try {
    content = readTextIfThere(path);
  } catch (error) {
    fail(path, `cannot be read: ${failureReason(error)}`);
  }
  const value = content === undefined ? {} : parseJson(path, content);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    fail(path, 'a JSON object is expected, such as { "theme": "colour-blind" }');
  return { ...value };
}

function parseJson(path: string, content: ForeignText): unknown {
  try {
    return JSON.parse(rawText(content));
  } catch (error) {
    fail(path, `this is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function fail(path: string, problem: string): never {
  throw new ConfigError(`${printable(path)}: ${printable(problem)}`);
}

function quoted(value: unknown): string {
  return JSON.stringify(value);
}
