import { exchangeBodyConformance } from "../exchange-body-conformance.ts";
import { exchangeConformance } from "../exchange-conformance.ts";
import { ListenerHarness } from "../testing/listener-harness.ts";

exchangeConformance("ExchangeH1", () => ListenerHarness.open("h1"));
exchangeBodyConformance("ExchangeH1", () => ListenerHarness.open("h1", { bodyTimeoutMs: 1_000 }));
