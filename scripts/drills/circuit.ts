import type { CircuitStatusView } from "@sekisho/wire/chat/test-views.ts";
import type { Drill, Finding } from "./drill.ts";
import { atMost, equals } from "./findings.ts";

/** The order of its members is that of `GET /test/circuit-status`. */
const shown = (status: CircuitStatusView): string => Object.values(status).join(", ");

const openSentence = "Circuit breaker is open. Service is unavailable.";

/** Failures on, three calls, open, failures off, closed (REF-10). */
export const circuit: Drill = {
  about: "the service's circuit opens after three failed calls and closes when failures end",
  options: {},
  async run({ server, say }) {
    const findings: Finding[] = [];
    const expect = async (what: string, limit: string): Promise<void> => {
      const found = shown(await server.circuit());
      say(`circuit ${found}`);
      findings.push(equals(what, found, limit));
    };
    await server.disableFailures({ reset: true });
    await expect("at rest", "closed, 0, 0, false");
    try {
      say("POST /test/enable-failures: every region answers 503");
      await server.enableFailures();
      for (let call = 1; call <= 3; call += 1) {
        const { status, detail } = await server.chat();
        say(`call ${call}: ${status} ${detail ?? ""}`);
        findings.push(equals(`call ${call}`, String(status), "503"));
      }
      await expect("after three calls", "open, 3, 3, true");
      const { detail, retryAfterS, tookMs } = await server.chat();
      say(`call 4: ${detail ?? ""} retry-after ${retryAfterS} s, in ${tookMs.toFixed(1)} ms`);
      findings.push(equals("the next call", detail ?? "", openSentence));
      findings.push(atMost("its retry-after", retryAfterS, { limit: 30, unit: " s" }));
    } finally {
      say("POST /test/disable-failures");
      await server.disableFailures({ reset: true });
    }
    await expect("after the failures", "closed, 0, 0, false");
    const { status, region } = await server.chat();
    say(`call 5: ${status} from ${region}`);
    findings.push(equals("a call then", String(status), "200"));
    return { figures: {}, findings };
  },
};
