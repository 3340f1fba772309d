import { asciiText } from '../format/ascii.ts';
import { escapedCharacter, escapedUnit } from '../kernel/foreign-text.ts';
import { wantsAscii } from '../terminal/environment.ts';
import type { Format } from './option-table.ts';

/** Writes a character in ASCII as the format has it, so that its reader gets the same character or can tell it from others. */
const ESCAPES: Readonly<Record<Format, (text: string) => string>> = {
  table: readable,
  text: readable,
  markdown: readable,
  json: (text) => inAscii(text, (character) => character.split('').map(escapedUnit).join('')),
  // A backslash in a label's value, which the format writes as two.
  prometheus: (text) => inAscii(text, (character) => `\\${escapedCharacter(character)}`),
};

/** What is shown of a text: all of it, or ASCII. */
export function writtenText(option: boolean): (text: string) => string {
  return wantsAscii(option, process.env) ? readable : (text) => text;
}

/** A text for a terminal or a log that shows ASCII only. */
function readable(text: string): string {
  return asciiText(text, escapedCharacter);
}

/**
 * Keeps everything that is written to a stream from now on in ASCII: help, errors, tables, sentences and documents, of
 * every command. Bytes, as those of a recording, stay as they are.
 */
export function keepAscii(stream: Pick<NodeJS.WriteStream, 'write'>): (format?: Format) => void {
  let escape = ESCAPES.text;
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
  stream.write = (chunk: unknown, ...rest: unknown[]) =>
    write(typeof chunk === 'string' ? escape(chunk) : chunk, ...rest);
  return (format = 'text') => {
    escape = ESCAPES[format];
  };
}

function inAscii(text: string, escape: (character: string) => string): string {
  return text.replace(/[^\p{ASCII}]/gu, escape);
}
