import { use, type ReactElement } from "react";
import { SessionContext } from "../browser/session-context.ts";
import { useWording } from "../words/language.ts";

/** What stands where a screen would, that is not for the role of who signed in. */
export function NotForRole(): ReactElement {
  const { role: said } = useWording().words;
  const session = use(SessionContext);
  const tenant = session?.tenant ?? null;
  return (
    <section aria-labelledby="not-for-role" className="mx-auto max-w-xl py-10">
      <h2 id="not-for-role" className="text-xl font-semibold tracking-tight">
        {said.unavailable}
      </h2>
      <p className="mt-1 text-sm text-ink-2">
        {tenant === null ? said.lesser : said.bound(tenant)}
      </p>
    </section>
  );
}
