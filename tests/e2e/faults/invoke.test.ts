import { invokeTarget } from "../../contract/targets/bedrock.ts";
import { faultsOf } from "./fault-conformance.ts";

faultsOf(invokeTarget);
