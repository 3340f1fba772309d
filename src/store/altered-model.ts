import { carriedOn } from '../model/carried-on.ts';
import type { Model } from '../model/model.ts';
import { applyWhatIf } from '../model/what-if/what-if.ts';

/** `applyWhatIf`, computed once for the same model and changes. */
export const hypotheticalModel = remembering(applyWhatIf);

/** `carriedOn`, computed once for the same model and time. */
export const carriedModel = remembering(carriedOn);

/** Remembers what was made of a model last: a frame asks for it several times. */
function remembering<By>(alter: (model: Model, by: By) => Model): typeof alter {
  const last = new WeakMap<Model, { readonly by: By; readonly altered: Model }>();
  return (model, by) => {
    const known = last.get(model);
    if (known?.by === by) return known.altered;
    const altered = alter(model, by);
    last.set(model, { by, altered });
    return altered;
  };
}
