import type { KeyLimits } from "@sekisho/gateway/identity/key-limits.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { AddressSet } from "@sekisho/lib/http/address-set.ts";
import type { KeyLimitsChange } from "@sekisho/wire/admin/keys.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";

/** What a request asks to limit a key to. Throws Failure `invalid_value` for what is no address. */
export function limitsOf(
  { addresses, expiresInMs, origins }: KeyLimitsChange,
  nowMs: number,
): Partial<KeyLimits> {
  const wrong = addresses?.find((range) => !new AddressSet().add(range));
  if (wrong !== undefined) {
    const message = `Cannot limit a key to ${wrong}: it is neither an address nor a range of them`;
    throw new Failure<Code>("invalid_value", message, { param: "addresses" });
  }
  const expiresMs = expiresInMs === null ? null : nowMs + (expiresInMs ?? 0);
  return {
    ...(addresses === undefined ? {} : { addresses }),
    ...(expiresInMs === undefined ? {} : { expiresMs }),
    ...(origins === undefined ? {} : { origins }),
  };
}
