import { Box, Text } from 'ink';
import { detailLines } from '../../format/group-detail.ts';
import type { ModelHistory } from '../../model/model-history.ts';
import type { GroupModel, Model } from '../../model/model.ts';
import { type Glyphs, withGlyphs } from '../theme.ts';

export interface DetailPanelProps {
  readonly model: Model;
  /** The selected group; undefined where there is none, or was none at that time. */
  readonly group: GroupModel | undefined;
  readonly models: ModelHistory;
  /** First line shown. */
  readonly cursor: number;
  readonly glyphs: Glyphs;
}

/** All that is known of the selected group. */
export function DetailPanel({ model, group, models, cursor, glyphs }: DetailPanelProps) {
  if (group === undefined) return <Text> The selected group has no connections at this time.</Text>;
  const used = models.used(group.label, model.sample.takenAtMs);
  return (
    <Box flexDirection="column" flexShrink={0} paddingX={1}>
      {detailLines(model, group, glyphs.spark, used)
        .slice(cursor)
        .map((line, index) => (
          <Text key={index}>{withGlyphs(line, glyphs) || ' '}</Text>
        ))}
    </Box>
  );
}
