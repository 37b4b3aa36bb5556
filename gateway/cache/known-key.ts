import type { CachePolicy } from "../cache-policy.ts";
import type { KnownKey, KnownRequest } from "./known-requests.ts";
import { formOf } from "./answer-form.ts";
import { cacheKeyOf, ownerOf, type KeyedAsk } from "./cache-key.ts";

/** Of one request: where users have answers of their own, each has a key of its own. */
const mostKeys = 8;

export interface KnownAsk extends KeyedAsk {
  /** What was found out of the same bytes of the same tenant; null where they are new. */
  readonly known: KnownRequest | null;
}

/**
 * As `cacheKeyOf`, with the form of who asks. Of a request that is known it is made once for whom
 * and by what it is asked now: all else that it is made of are its bytes.
 */
export function keyOf(ask: KnownAsk, policy: CachePolicy): Pick<KnownKey, "key" | "form"> | null {
  const { call, plan, known } = ask;
  const [first] = plan.attempts;
  const isKnown = known !== null && known.request.read === call.request.read;
  const owner = isKnown ? ownerOf(call, policy) : null;
  if (!isKnown || owner === null || first === undefined) return madeKey(ask, policy);
  const { target, defaults } = first;
  const { keys } = known;
  const latest = keys.get(owner);
  const isSame =
    latest?.entry === call.entry &&
    latest.policy === policy &&
    latest.target === target &&
    latest.defaults === defaults;
  if (isSame) return latest;
  const made = madeKey(ask, policy);
  if (made === null) return null;
  if (keys.size >= mostKeys) keys.clear();
  keys.set(owner, { ...made, entry: call.entry, policy, target, defaults });
  return made;
}

function madeKey(ask: KeyedAsk, policy: CachePolicy): Pick<KnownKey, "key" | "form"> | null {
  const key = cacheKeyOf(ask, policy);
  return key === null ? null : { key, form: formOf(ask.call.request) };
}
