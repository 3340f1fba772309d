/** Environment variables, as a value. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** True where the locale that the user set is not UTF-8, so that only ASCII is sure to be shown. */
export function wantsAscii(option: boolean, environment: Environment): boolean {
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || '';
  return option || (locale !== '' && !/utf-?8/i.test(locale));
}

/** True where the view is to be heard: --screen-reader, or the variable that Ink's programs share. */
export function wantsScreenReader(option: boolean, environment: Environment): boolean {
  return option || environment['INK_SCREEN_READER'] === 'true';
}

/** True for a terminal that can be drawn on. */
export function canDraw(environment: Environment): boolean {
  return environment['TERM'] !== 'dumb';
}

/** True for the console of the kernel, which has no window, and whose older versions print what is meant for one. */
export function isConsole(environment: Environment): boolean {
  return /^(?:linux|vt\d)/.test(environment['TERM'] ?? '');
}
