import { IssuerSignIn, signInMs } from "@sekisho/gateway/identity/issuer-sign-in.ts";
import { SignInEndpoints } from "@sekisho/gateway/identity/sign-in-endpoints.ts";
import type { SignInSeal } from "@sekisho/gateway/identity/sign-in-seal.ts";
import { UsedStates } from "@sekisho/gateway/identity/used-states.ts";
import type { Random } from "@sekisho/lib/random/random.ts";
import type { Config } from "../../config/schema.ts";
import type { SingleSignOn } from "../../edge/admin/signing-in/single-sign-on.ts";
import type { Peers } from "../../processes/peers.ts";
import { egressOf } from "../process/egress.ts";
import { documentsOf, formsOf, issuerOf, openedHosts, type IssuerPorts } from "./issuers.ts";

export interface SignOnPorts extends IssuerPorts {
  readonly random: Random;
  readonly seal: SignInSeal;
  readonly peers: Peers | null;
}

/** People who sign in to the console at the issuer of administrators; null where none do. */
export function singleSignOnOf(config: Config, ports: SignOnPorts): SingleSignOn | null {
  const { oidc } = config.admin;
  if (oidc === null || oidc.signIn === null) return null;
  const { clientId, clientSecret, scopes, label, origin, maxMs, idleMs } = oidc.signIn;
  const { clock, random, log, seal, peers, ending } = ports;
  const egress = egressOf(openedHosts(config), clock);
  const used = new UsedStates(clock, signInMs, (state) => peers?.publish("sign-in.used", state));
  // Each process publishes what `UsedStates` tells it.
  peers?.subscribe("sign-in.used", (state) => used.usedElsewhere(state as string));
  const rules = { ...oidc, audience: clientId, mapping: { ...oidc, kind: "staff" } as const };
  const issuer = issuerOf("admin", rules, { ...ports, egress });
  const read = documentsOf(egress, "admin", ending);
  const secret = clientSecret === null ? null : () => clientSecret.reveal();
  const flow = new IssuerSignIn(
    { id: clientId, secret, scopes },
    {
      clock,
      random,
      issuer,
      seal,
      used,
      endpoints: new SignInEndpoints(oidc.issuer, { clock, read }),
      post: formsOf(egress, "admin", ending),
    },
  );
  const refused: SingleSignOn["refused"] = (fault, why) =>
    log.warn("nobody was signed in", { code: fault, reason: why });
  return { label, origin, maxMs, idleMs, flow, refused };
}
