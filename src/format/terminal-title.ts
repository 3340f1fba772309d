import { printable } from '../kernel/foreign-text.ts';
import type { Model } from '../model/model.ts';
import { headroomText } from './headroom.ts';

/** The host and the headroom of its worst group: "ephtop: proxy-7 4.4%". */
export function terminalTitle({ sample, worst }: Pick<Model, 'sample' | 'worst'>): string {
  const host = `ephtop: ${printable(sample.host.hostname)}`;
  return worst === undefined ? host : `${host} ${headroomText(worst)}`;
}
