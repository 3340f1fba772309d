import { eastAsianWidth } from 'get-east-asian-width';
import stripAnsi from 'strip-ansi';

/*
 * The npm package string-width does the same for every script there is, by way of \p{RGI_Emoji}: to
 * compile that takes a tenth of a second, twice the time that all the rest of the first frame needs, and
 * each frame asks for the width of each of its lines, which have blocks and arrows in them. The build puts
 * this function in its place, in Ink as well.
 */

/** Printable ASCII, Latin, punctuation, arrows, ≤ and the like, box drawing, blocks and braille: one column each, never in a cluster. */
export const ONE_COLUMN_EACH =
  /^[\x20-\x7e\xa1-\xac\xae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u22ff\u2500-\u25fc\u2800-\u28ff]*$/;

const VISIBLE = /[^\p{Default_Ignorable_Code_Point}\p{Control}\p{Format}\p{Mn}\p{Me}\p{Cs}]/v;

/** Clusters that take two columns as a whole: emoji style, skin tones, families, flags, keycaps. */
const EMOJI_CLUSTER =
  /^\p{Extended_Pictographic}.*(?:\ufe0f|\p{Emoji_Modifier}|\u200d\p{Extended_Pictographic})|^\p{RI}{2}|^[\d#*]\ufe0f?\u20e3/su;

/**
 * Characters that take columns even if they are not the first of their cluster: all that terminals do not lay over it. A
 * conjunct of Devanagari is one cluster (UAX #29, GB9c) of two letters; Hangul's vowels and last consonants are drawn into the
 * syllable.
 */
const SPACING =
  /[[\P{Mark}--\p{Control}--\p{Format}--\p{Cs}--[\u1160-\u11ff\ud7b0-\ud7ff]--\p{Default_Ignorable_Code_Point}]\p{Mc}]/v;

let segmenter: Intl.Segmenter | undefined;

export interface StringWidthOptions {
  /** Counts escape sequences like other characters. */
  readonly countAnsiEscapeCodes?: boolean;
}

/** Columns that text takes on a terminal, without its escape sequences (UAX #11, UAX #29). */
export function stringWidth(text: string, options: StringWidthOptions = {}): number {
  if (ONE_COLUMN_EACH.test(text)) return text.length;
  const plain = options.countAnsiEscapeCodes === true ? text : stripAnsi(text);
  if (ONE_COLUMN_EACH.test(plain)) return plain.length;
  segmenter ??= new Intl.Segmenter();
  let width = 0;
  for (const { segment } of segmenter.segment(plain)) width += clusterWidth(segment);
  return width;
}

function clusterWidth(cluster: string): number {
  const start = cluster.search(VISIBLE);
  if (start < 0) return 0;
  if (EMOJI_CLUSTER.test(cluster)) return 2;
  const [first = '', ...others] = cluster.slice(start);
  const spacing = others.filter((character) => SPACING.test(character));
  return columnsOf(first) + spacing.reduce((width, character) => width + columnsOf(character), 0);
}

const columnsOf = (character: string): number => eastAsianWidth(character.codePointAt(0) ?? 0);
