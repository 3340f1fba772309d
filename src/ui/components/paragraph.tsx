import { plain, toned } from '../../format/styled-line.ts';
import { wrapWords } from '../../format/wrap.ts';
import { type Glyphs, withGlyphs } from '../theme.ts';
import { StyledRow } from './styled-row.tsx';

export interface ParagraphProps {
  readonly children: string;
  /** Terminal columns. */
  readonly columns: number;
  /** Stands before it, to be seen first. */
  readonly lead?: string;
  readonly glyphs: Glyphs;
}

/** Wrapped text, one column from the left. Wrapped by Ink, a line would begin with the blank at which it was broken. */
export function Paragraph({ children, columns, lead = '', glyphs }: ParagraphProps) {
  const text = withGlyphs(lead === '' ? children : `${lead} ${children}`, glyphs);
  return wrapWords(text, columns - 1).map((line, index) => (
    <StyledRow
      key={index}
      line={
        index === 0 && lead !== ''
          ? [
              ...toned('strong', ` ${line.slice(0, lead.length)}`),
              ...plain(line.slice(lead.length)),
            ]
          : plain(` ${line}`)
      }
      glyphs={glyphs}
    />
  ));
}
