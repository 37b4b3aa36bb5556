import { useRef, useState, type FormEvent, type ReactElement } from "react";
import type { SessionView } from "@sekisho/wire/admin/session.ts";
import type { SignInFault } from "@sekisho/wire/admin/sign-in-faults.data.ts";
import { signIn, type Answered } from "../browser/admin-api.ts";
import { signInUrl, takeSignInFault } from "../browser/sign-in-address.ts";
import { Mark } from "../parts/icons.tsx";
import { useWording } from "../words/language.ts";
import type { Words } from "../words/words.ts";

/** The door: an admin key for a session, or the way to an issuer that knows people. */
export function SignIn({
  issuer,
  signedIn,
}: {
  readonly issuer: string | null;
  readonly signedIn: (session: SessionView) => void;
}): ReactElement {
  const { signIn: said } = useWording().words;
  const [fault] = useState(takeSignInFault);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setIsBusy(true);
    const answered = await signIn(field.current?.value.trim() ?? "");
    setIsBusy(false);
    if (answered.kind === "ok") return signedIn(answered.body);
    setRefusal(whyNot(answered, said));
    field.current?.select();
  };
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <form onSubmit={(event) => void submit(event)} className="card w-full max-w-sm p-6 sm:p-8">
        <Name />
        <h1 className="mt-6 text-xl font-semibold tracking-tight">{said.title}</h1>
        <p className="mt-1 text-sm text-ink-2">{issuer === null ? said.lead : said.either}</p>
        {issuer === null ? null : <AtIssuer issuer={issuer} fault={fault} />}
        {/* For password managers, which keep nothing without a name. */}
        <input
          type="text"
          name="username"
          autoComplete="username"
          defaultValue="admin"
          className="hidden"
        />
        <label htmlFor="key" className="mt-6 block text-xs font-medium">
          {said.key}
        </label>
        <input
          ref={field}
          id="key"
          type="password"
          autoComplete="current-password"
          required
          spellCheck={false}
          placeholder="ska_…"
          aria-invalid={refusal !== null}
          aria-describedby="key-hint key-refusal"
          className="field mt-1.5"
        />
        <p id="key-hint" className="mt-1.5 text-xs text-ink-3">
          {said.where}
        </p>
        <p id="key-refusal" role="alert" className="mt-2 text-sm text-bad empty:hidden">
          {refusal}
        </p>
        <button
          type="submit"
          disabled={isBusy}
          className={`${issuer === null ? "primary" : "secondary"} mt-5`}
        >
          {isBusy ? said.busy : said.submit}
        </button>
      </form>
    </main>
  );
}

const Name = (): ReactElement => (
  <div className="flex items-center gap-2">
    <Mark />
    <span className="text-sm font-semibold tracking-tight">Sekisho</span>
  </div>
);

/** The way to the issuer, and why the last one there led nowhere. */
function AtIssuer({
  issuer,
  fault,
}: {
  readonly issuer: string;
  readonly fault: SignInFault | null;
}): ReactElement {
  const { signIn: said } = useWording().words;
  return (
    <>
      {fault === null ? null : (
        <p role="alert" data-fault={fault} className="mt-4 text-sm text-bad">
          {said.faults[fault](issuer)}
        </p>
      )}
      <a href={signInUrl()} className="primary mt-5">
        {said.at(issuer)}
      </a>
      <p className="mt-6 flex items-center gap-3 text-xs text-ink-3" aria-hidden="true">
        <span className="h-px grow bg-line" />
        {said.or}
        <span className="h-px grow bg-line" />
      </p>
    </>
  );
}

type Refused = Exclude<Answered<SessionView>, { kind: "ok" }>;

function whyNot(answered: Refused, said: Words["signIn"]): string {
  if (answered.kind === "unreachable") return said.unreachable;
  if (answered.problem.status === 429) return said.slow(String(answered.retryAfterS));
  return answered.problem.status === 403 ? said.noAdmin : said.wrong;
}
