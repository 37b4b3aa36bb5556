import { testNativeVectors } from "./native-conformance.ts";

testNativeVectors("h1", "bearer");
