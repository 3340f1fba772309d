import { deepEqual } from 'node:assert/strict';
import { AnswerFilter } from '../../src/terminal/answers.ts';
import { PasteFilter } from '../../src/terminal/paste-filter.ts';
import { ReportParser } from '../../src/terminal/report-parser.ts';

export const REPORTS = ['\x1b[I\x1b[O', 'q\x1b[<0;12;7M\x1b[<0;12;7m\x1b[<64;1;1M', '\x1b[A\x1b'];

/** What a terminal sends may be read in pieces of any size: the outcome is the same. */
function sameInPieces(text: string, read: (pieces: readonly string[]) => unknown): void {
  const whole = read([text]);
  for (const size of [1, 7]) {
    const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
      text.slice(at * size, (at + 1) * size),
    );
    deepEqual(read(pieces), whole);
  }
}

export function reports(text: string): void {
  sameInPieces(text, (pieces) => {
    const parser = new ReportParser();
    return pieces.flatMap((piece) => parser.push(piece));
  });
}

export function answers(text: string): void {
  sameInPieces(text, (pieces) => {
    const filter = new AnswerFilter();
    const read = pieces.map((piece) => filter.push(piece, true));
    return {
      keys: read.map(({ keys }) => keys).join(''),
      answers: read.flatMap((each) => each.answers),
    };
  });
}

/** Of the keys, the beginning of a mark that is cut in two may be some. */
export function pastes(text: string): void {
  sameInPieces(text, (pieces) => {
    const filter = new PasteFilter();
    const read = [...pieces.flatMap((piece) => filter.push(piece, 0)), ...filter.end()];
    return read.flatMap((piece) => ('paste' in piece ? [piece.paste] : []));
  });
}
