import { exchangeBodyConformance } from "../exchange-body-conformance.ts";
import { exchangeConformance } from "../exchange-conformance.ts";
import { ListenerHarness } from "../testing/listener-harness.ts";

exchangeConformance("ExchangeH2", () => ListenerHarness.open("h2"));
exchangeBodyConformance("ExchangeH2", () => ListenerHarness.open("h2", { bodyTimeoutMs: 1_000 }));
