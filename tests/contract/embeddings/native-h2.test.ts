import { testNativeVectors } from "./native-conformance.ts";

testNativeVectors("h2", "sigv4");
