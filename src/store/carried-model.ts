import { carriedOn } from '../model/carried-on.ts';
import type { Model } from '../model/model.ts';

const remembered = new WeakMap<Model, { readonly nowMs: number; readonly carried: Model }>();

/** `carriedOn`, computed once for the same model and time: a frame asks for it several times. */
export function carriedModel(model: Model, nowMs: number): Model {
  const known = remembered.get(model);
  if (known?.nowMs === nowMs) return known.carried;
  const carried = carriedOn(model, nowMs);
  remembered.set(model, { nowMs, carried });
  return carried;
}
