import { Text } from 'ink';
import { wrapWords } from '../../format/wrap.ts';

export interface ParagraphProps {
  readonly children: string;
  /** Terminal columns that it may fill. */
  readonly width: number;
  /** Stands before it, to be seen first. */
  readonly lead?: string;
}

/** Text of several lines. Ink itself would begin a line with the blank at which it was broken. */
export function Paragraph({ children, width, lead = '' }: ParagraphProps) {
  const text = wrapWords(lead === '' ? children : `${lead} ${children}`, width).join('\n');
  return (
    <Text>
      {lead !== '' && <Text bold>{text.slice(0, lead.length)}</Text>}
      {text.slice(lead.length)}
    </Text>
  );
}
