import type { Admission, Admitted, AskedCall } from "../admission/admission.ts";
import type { Arrival } from "../arrival.ts";
import { fitHistory } from "./fit-history.ts";
import type { CutCall, SummarisedHistory } from "./summarised-history.ts";

export interface FittedCallsParts {
  readonly admission: Pick<Admission, "plan">;
  readonly summarised: Pick<SummarisedHistory, "of">;
}

/** Where calls may go, also those whose conversations have outgrown every window (MON-5). */
export class FittedCalls {
  readonly #parts: FittedCallsParts;

  constructor(parts: FittedCallsParts) {
    this.#parts = parts;
  }

  /**
   * Where the oldest turns of a call have no room and its alias says so, they are left out or
   * summarised: from here on it is a call of what is sent. Throws Failure.
   */
  plan(
    admitted: Admitted,
    arrival: Pick<Arrival, "said" | "gone">,
  ): AskedCall | Promise<AskedCall> {
    try {
      return { ...admitted, plan: this.#parts.admission.plan(admitted) };
    } catch (refusal) {
      const cut = this.#cut(admitted, arrival, refusal);
      const { summary } = admitted.call.entry.steering ?? {};
      if (summary === undefined) return cut.asked;
      return this.#parts.summarised.of(cut, summary, arrival.gone());
    }
  }

  #cut(admitted: Admitted, arrival: Pick<Arrival, "said">, refusal: unknown): CutCall {
    const { call, body } = admitted;
    const long = { ...call, body, said: () => arrival.said() };
    const fitted = fitHistory(long, refusal, (request) =>
      this.#parts.admission.plan({ ...admitted, call: { ...call, request } }),
    );
    const { request, shortened, planned: plan } = fitted;
    const left = { ...admitted, call: { ...call, request, shortened }, body: fitted.body, plan };
    return { asked: left, fitted };
  }
}
