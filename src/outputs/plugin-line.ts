import { asciiText } from '../format/ascii.ts';
import { printable } from '../kernel/foreign-text.ts';

/** `EPHTOP WARNING: …`: the first line of a monitoring plugin, without performance data. */
export function statusLine(state: string, text: string): string {
  return `EPHTOP ${state}: ${pluginText(text)}`;
}

/** The line of a check that came to no verdict. */
export function unknownLine(problem: string): string {
  return statusLine('UNKNOWN', problem);
}

/** Text that cannot end the line, or begin performance data; ASCII as far as it is ephtop's own. */
export function pluginText(text: string): string {
  return asciiText(printable(text), (character) => character).replaceAll('|', '\\x7c');
}
