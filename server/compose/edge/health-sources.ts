import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { ProcessHealth } from "@sekisho/wire/admin/health.ts";
import { drainedProviders } from "../../config/derived/drained-providers.ts";
import { keepsAnswers } from "../../config/derived/keeps-answers.ts";
import type { HealthSources } from "../../edge/health.ts";
import { unservedModels } from "../../edge/views/unserved-models.ts";
import type { Core } from "../open-core.ts";

/** What the health of a gateway is read from. */
export function healthSources(
  { drain, storage, gateway, config }: Pick<Core, "drain" | "storage" | "gateway" | "config">,
  clock: Clock,
  processes?: () => readonly ProcessHealth[],
): HealthSources {
  const { health } = gateway;
  return {
    isDraining: drain.isOn,
    isStoreUp: storage.isUp,
    keepsAnswers: () => keepsAnswers(config.config),
    providers: gateway.providers,
    circuits: () => health.circuits(clock.monotonicMs()),
    drained: () => drainedProviders(config.config),
    unserved: () => unservedModels(gateway.catalog(), health, clock.monotonicMs()),
    load: () => gateway.load.state,
    processes: () => processes?.() ?? null,
  };
}
