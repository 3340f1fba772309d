import type { Model } from '../model/model.ts';
import { applyWhatIf } from '../model/what-if/what-if.ts';
import type { WhatIf } from '../model/what-if/changes.ts';

const remembered = new WeakMap<Model, { readonly changes: WhatIf; readonly outcome: Model }>();

/** `applyWhatIf`, computed once for the same model and changes: a frame asks for it several times. */
export function hypotheticalModel(model: Model, changes: WhatIf): Model {
  const known = remembered.get(model);
  if (known?.changes === changes) return known.outcome;
  const outcome = applyWhatIf(model, changes);
  remembered.set(model, { changes, outcome });
  return outcome;
}
