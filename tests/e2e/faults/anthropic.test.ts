import { anthropicTarget } from "../../contract/targets/anthropic.ts";
import { faultsOf } from "./fault-conformance.ts";

faultsOf(anthropicTarget);
