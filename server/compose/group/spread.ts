import type { Summaries, TellSummary } from "@sekisho/gateway/history/summaries.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import { sumExpositions } from "@sekisho/lib/telemetry/sum-expositions.ts";
import type {
  SharedSession,
  AdminSessions,
  SessionSharing,
} from "../../edge/admin/signing-in/sessions.ts";
import type { SignInRate } from "../../edge/admin/signing-in/sign-in-rate.ts";
import type { Peers } from "../../processes/peers.ts";

/** Gauges that are not to be added up: of several processes the highest is shown. */
const highest: ReadonlySet<string> = new Set([
  "sekisho_circuit_state",
  "sekisho_load_level",
  "sekisho_split_share",
]);

/** What all processes together have counted. One that does not answer in a second is left out. */
export const sharedMetrics = (metrics: Metrics, peers: Peers): { expose(): Promise<string> } => {
  peers.answer("metrics", () => metrics.expose());
  return {
    async expose() {
      const others = await peers.ask("metrics");
      // Each process answers with what its own `expose` returned.
      return sumExpositions([metrics.expose(), ...(others as string[])], highest);
    },
  };
};

/** A sign-in in one process is one in all of them. */
export const sessionSharing = (peers: Peers): SessionSharing => ({
  opened: (session) => peers.publish("session.opened", session),
  closed: (name) => peers.publish("session.closed", name),
  used: (name) => peers.publish("session.used", name),
});

/** Takes the sessions of the others, also of those that have begun before this process. */
export function shareSessions(sessions: AdminSessions, peers: Peers): void {
  // Each process publishes and answers with what `SessionSharing` and `shared` say.
  peers.subscribe("session.opened", (session) => sessions.take(session as SharedSession));
  peers.subscribe("session.closed", (name) => sessions.drop(name as string)); // as above
  peers.subscribe("session.used", (name) => sessions.usedElsewhere(name as string)); // as above
  peers.answer("sessions", () => sessions.shared());
  void peers.ask("sessions").then((answers) => {
    for (const each of answers.flat()) sessions.take(each as SharedSession); // as above
  });
}

/** Wrong keys count wherever they are tried. */
export function shareSignIns(signIns: SignInRate, peers: Peers): void {
  // As `SignInRate` tells them.
  peers.subscribe("sign-in.failed", (address) => signIns.failedElsewhere(address as string));
}

interface ToldSummary {
  readonly name: string;
  readonly text: string;
}

/** A summary that one process has made is not paid for by another. */
export const summarySharing =
  (peers: Pick<Peers, "publish">): TellSummary =>
  (name, text) =>
    peers.publish("summary", { name, text } satisfies ToldSummary);

/** Takes the summaries that others make from now on. */
export function shareSummaries(summaries: Summaries, peers: Pick<Peers, "subscribe">): void {
  peers.subscribe("summary", (told) => {
    const { name, text } = told as ToldSummary; // as `summarySharing` publishes it
    summaries.take(name, text);
  });
}
