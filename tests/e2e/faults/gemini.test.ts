import { geminiTarget } from "../../contract/targets/gemini.ts";
import { faultsOf } from "./fault-conformance.ts";

faultsOf(geminiTarget);
