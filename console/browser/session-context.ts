import { createContext, use } from "react";
import type { Permission } from "@sekisho/wire/admin/permissions.data.ts";
import type { SessionView } from "@sekisho/wire/admin/session.ts";

/** Who is signed in; null where nobody is. */
export const SessionContext = createContext<SessionView | null>(null);

/** To be called where an answer says that nobody is signed in any more. */
export const SignedOutContext = createContext<() => void>(() => {});

/** May whoever is signed in do this? The gateway refuses it all the same where they may not. */
export const useMay = (permission: Permission): boolean =>
  use(SessionContext)?.may.includes(permission) ?? false;
