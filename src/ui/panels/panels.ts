import type { Panel } from '../../store/panel.ts';
import { ADVICE_PANEL } from './advice.tsx';
import { DETAIL_PANEL } from './detail.tsx';
import { GROUPS_PANEL } from './groups.tsx';
import { HELP_PANEL } from './help.tsx';
import type { PanelParts } from './panel-parts.ts';
import { SYSCTL_PANEL } from './sysctl.tsx';
import { WHAT_IF_PANEL } from './what-if.tsx';

/** Every panel of the view. */
export const PANELS: Readonly<Record<Panel, PanelParts>> = {
  groups: GROUPS_PANEL,
  detail: DETAIL_PANEL,
  sysctl: SYSCTL_PANEL,
  advice: ADVICE_PANEL,
  'what-if': WHAT_IF_PANEL,
  help: HELP_PANEL,
};
