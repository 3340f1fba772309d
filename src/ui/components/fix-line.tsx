import { bestFix } from '../../format/best-fix.ts';
import type { Model } from '../../model/model.ts';
import type { Glyphs } from '../theme.ts';
import { Line } from './line.tsx';

export interface FixLineProps {
  readonly model: Model;
  /** Terminal columns. */
  readonly columns: number;
  readonly glyphs: Glyphs;
}

/** What to do about the verdict; blank where there is nothing to do, so that nothing moves when there is. */
export function FixLine({ model, columns, glyphs }: FixLineProps) {
  return <Line columns={columns} glyphs={glyphs} bold>{` ${bestFix(model) ?? ''}`}</Line>;
}
