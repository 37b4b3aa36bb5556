import { useRef, useState, type FormEvent, type ReactElement } from "react";
import { idBodyIn } from "@sekisho/lib/ids/id-body.ts";
import { goTo } from "../browser/address.ts";
import { callPath } from "../browser/page-address.ts";
import { useWording } from "../words/language.ts";
import { pastedId } from "./pasted-id.ts";

/** Where the id of a call is written; begins with the one that is shown. */
export function LookUp({ asked }: { readonly asked: string }): ReactElement {
  const { calls } = useWording().words;
  const [isNone, setIsNone] = useState(asked !== "" && idBodyIn(asked) === null);
  const field = useRef<HTMLInputElement>(null);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const body = idBodyIn(pastedId(field.current?.value ?? ""));
    setIsNone(body === null);
    if (body === null) field.current?.select();
    else goTo(callPath(`req_${body}`));
  };
  return (
    <form role="search" onSubmit={submit} className="card px-4 py-3">
      <label htmlFor="call-id" className="block text-xs font-semibold">
        {calls.look}
      </label>
      <div className="mt-1.5 flex flex-wrap gap-2 sm:flex-nowrap">
        <input
          ref={field}
          id="call-id"
          defaultValue={asked}
          required
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          placeholder="req_…"
          aria-label={calls.id}
          aria-invalid={isNone}
          aria-describedby="call-id-where call-id-none"
          className="field max-w-xl min-w-0"
        />
        <button type="submit" className="primary sm:w-auto sm:px-6">
          {calls.show}
        </button>
      </div>
      <p id="call-id-where" className="mt-1.5 text-xs wrap-anywhere text-ink-3">
        {calls.where}
      </p>
      <p id="call-id-none" role="alert" className="mt-1.5 text-bad empty:hidden">
        {isNone && calls.noId}
      </p>
    </form>
  );
}
