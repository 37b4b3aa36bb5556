import { openaiTarget } from "../../contract/targets/openai.ts";
import { faultsOf } from "./fault-conformance.ts";

faultsOf(openaiTarget);
